{#- A number from 0 below 2^32 that looks random but is always the same for the same text. -#}
{% macro hash_number(text) -%} {{ return(adapter.dispatch('hash_number')(text)) }} {%- endmacro %}

{% macro default__hash_number(text) -%} cast('0x' || substr(md5({{ text }}), 1, 8) as bigint) {%- endmacro %}

{% macro snowflake__hash_number(text) -%} to_number(substr(md5({{ text }}), 1, 8), 'XXXXXXXX') {%- endmacro %}

{#- Letters without their accents: Müller becomes Muller. -#}
{% macro strip_accents(text) -%} {{ return(adapter.dispatch('strip_accents')(text)) }} {%- endmacro %}

{% macro default__strip_accents(text) -%} strip_accents({{ text }}) {%- endmacro %}

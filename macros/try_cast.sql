{#- Text read as a type; null where it cannot be. -#}
{% macro try_cast(text, type) -%} {{ return('try_cast(' ~ text ~ ' as ' ~ type ~ ')') }} {%- endmacro %}

{#- Free text made comparable: lower case, no accents, every run of other signs one blank, and a blank at both ends,
    so that LIKE '% vp %' finds a word. -#}
{% macro plain_words(text) -%}
  ' ' || trim({{ replace_all("lower(" ~ strip_accents(text) ~ ")", '[^a-z0-9]+', ' ') }}) || ' '
{%- endmacro %}

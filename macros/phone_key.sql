{#- What makes a phone number the same number however it is written: its last eight digits, which no country prefix and no leading zero
    reaches. Extensions fall away. Null if there are fewer than six digits or all are alike, as in 000000. -#}
{% macro phone_key(phone) -%}
  {%- set line = "regexp_replace(lower(substr(" ~ phone ~ ", 1, 60)), '(x|ext|#|;).*$', '')" -%}
  {%- set digits = replace_all(line, '[^0-9]', '') -%}
  case
      when length({{ digits }}) >= 6 and replace({{ digits }}, substr({{ digits }}, 1, 1), '') <> '' then right({{ digits }}, 8)
  end
{%- endmacro %}

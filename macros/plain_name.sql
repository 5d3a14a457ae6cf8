{#- A name made comparable in any script: lower case, no accents, letters that are two written as two, signs (and digits, unless they are kept)
    as one blank. Nobody's name needs more than its first hundred letters. -#}
{% macro plain_name(text, keep_digits=false) -%}
  {%- set folded = namespace(text="lower(" ~ strip_accents("substr(" ~ text ~ ", 1, 100)") ~ ")") -%}
  {%- for letter, letters in {'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'þ': 'th'}.items() -%}
    {%- set folded.text = "replace(" ~ folded.text ~ ", '" ~ letter ~ "', '" ~ letters ~ "')" -%}
  {%- endfor -%}
  {%- set single = "translate(" ~ folded.text ~ ", 'øłđðıħŧ', 'olddiht')" -%}
  trim({{ replace_all(single, '[ -/:-@[-`{-~]+' if keep_digits else '[ -@[-`{-~]+', ' ') }})
{%- endmacro %}

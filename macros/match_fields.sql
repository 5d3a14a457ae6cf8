{#- The fields that two records are compared in, in the order of the digits of a pattern: the first is the last digit. -#}
{% macro match_fields() -%} {{ return(['given', 'family', 'work', 'phone', 'birth', 'street', 'place', 'role', 'origin']) }} {%- endmacro %}

{#- Of these, the ones in which a shared word may be rare. -#}
{% macro rare_fields() -%} {{ return(['given', 'family', 'work', 'phone', 'street', 'place', 'role']) }} {%- endmacro %}

{#- And those in which the members of a household differ. -#}
{% macro own_fields() -%} {{ return(['given', 'birth']) }} {%- endmacro %}

{#- The levels of all fields and the rarity in half bits as one whole number: the way in which two records agree. -#}
{% macro match_pattern() -%}
  {%- set terms, rarities = [], [] -%}
  {%- for field in match_fields() -%}{%- do terms.append(field ~ " * " ~ 10 ** loop.index0) -%}{%- endfor -%}
  {%- for field in rare_fields() -%}{%- do rarities.append(field ~ "_rarity") -%}{%- endfor -%}
  cast({{ terms | join(" + ") }} + {{ 10 ** (match_fields() | length) }} * round(2 * ({{ rarities | join(" + ") }})) as bigint)
{%- endmacro %}

{#- One field's level in a pattern. -#}
{% macro level_in(pattern, field) -%}
  cast(floor({{ pattern }} / {{ 10 ** match_fields().index(field) }}) % 10 as integer)
{%- endmacro %}

{#- The rarity in a pattern, in bits. -#}
{% macro rarity_in(pattern) -%} floor({{ pattern }} / {{ 10 ** (match_fields() | length) }}) / 2 {%- endmacro %}

{#- The words of a record that may be rare, besides its names. -#}
{% macro rare_words() -%}
  {{ return(['email', 'own_mailbox', 'work_domain', 'company', 'phone', 'mobile_phone', 'street', 'postal_code', 'locality', 'city', 'title']) }}
{%- endmacro %}

{#- What several fields of a pair weigh together; `kind` is bits or weight. -#}
{% macro sum_of(fields, kind) -%}
  {%- set terms = [] -%}
  {%- for field in fields -%}{%- do terms.append(field ~ '_' ~ kind) -%}{%- endfor -%}
  {{ return(terms | join('\n        + ')) }}
{%- endmacro %}

{#- The fields that a household or an office may share. -#}
{% macro shared_fields() -%} {{ return(match_fields() | reject('in', own_fields()) | list) }} {%- endmacro %}

{#- On Snowflake a rebuilt table has lost its grants. Each table that an exposure depends on is granted anew to the role that reads it, whose
    name is in the environment; other tables, and all of them when no role is named, are left alone. -#}
{% macro grant_public(variable, exposure_types=none) -%}
  {{ return(adapter.dispatch('grant_public')(variable, exposure_types)) }}
{%- endmacro %}

{% macro default__grant_public(variable, exposure_types) -%}{%- endmacro %}

{% macro snowflake__grant_public(variable, exposure_types) -%}
  {%- set role = env_var(variable, '') -%}
  {%- if not execute or not role -%}{{ return('') }}{%- endif -%}
  {%- if not modules.re.fullmatch('[A-Za-z_][A-Za-z0-9_]{0,254}', role) -%}
    {{ exceptions.raise_compiler_error(variable ~ " is '" ~ shown(role) ~ "', but must be a plain name: letters, digits and underscores.") }}
  {%- endif -%}
  {%- for exposure in graph.exposures.values() if model.unique_id in exposure.depends_on.nodes -%}
    {%- if exposure_types is none or exposure.type in exposure_types -%}
      {{ return('grant select on ' ~ ('view ' if model.config.materialized == 'view' else 'table ') ~ this ~ ' to role ' ~ role) }}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}

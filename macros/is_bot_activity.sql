{#- Whether an open or a click was a machine's: Marketo's flag, or where there is none its pattern, or a user agent that says so. -#}
{% macro is_bot_activity(flag, pattern, user_agent) -%}
  (coalesce({{ flag }}, lower({{ pattern }}) not in ('n/a', 'none'), false) or {{ is_scanner_agent(user_agent) }})
{%- endmacro %}

{#- What a program or campaign status says somebody did: attended a webinar or an event, registered, or nothing of note (null). -#}
{% macro attendance_type(status, kind) -%}
  {%- set status = "lower(coalesce(" ~ status ~ ", ''))" -%}
  {%- set kind = "lower(coalesce(" ~ kind ~ ", ''))" -%}
  case
      when ({{ status }} like 'attended%' or {{ status }} like 'visited%') and {{ kind }} like '%webinar%' then 'webinar_attended'
      when {{ status }} like 'attended%' or {{ status }} like 'visited%' then 'event_attended'
      when {{ status }} like 'registered%' then 'registration'
      when {{ status }} like 'respon%' or {{ status }} like 'engaged%' or {{ status }} like 'downloaded%' then 'program_response'
  end
{%- endmacro %}

{#- Text without blanks at its ends: every sign that Unicode counts as a blank, but no tabs or line ends. -#}
{% macro trimmed(text) -%} {{ return(adapter.dispatch('trimmed')(text)) }} {%- endmacro %}

{% macro default__trimmed(text) -%} {{ return('trim(' ~ text ~ ')') }} {%- endmacro %}

{#- TRIM takes off the plain blank alone unless told what. -#}
{% macro snowflake__trimmed(text) -%}
  {%- set blanks = ' \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000' -%}
  {{ return('trim(' ~ text ~ ", '" ~ blanks ~ "')") }}
{%- endmacro %}

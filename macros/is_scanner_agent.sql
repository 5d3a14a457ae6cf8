{#- Whether a user agent names a machine: mail security that follows links, previews, crawlers, scripts. -#}
{% macro is_scanner_agent(user_agent) -%}
  {%- set names = ['scanner', 'barracuda', 'mimecast', 'proofpoint', 'safelinks', 'urldefense', 'fireeye', 'symantec', 'trendmicro',
      'crawl', 'spider', 'headless', 'phantomjs', 'python-', 'curl/', 'wget/', 'okhttp', 'go-http-client', 'java/', 'linkpreview'] -%}
  coalesce({{ text_matches('lower(' ~ user_agent ~ ')', names | join('|') ~ '|[+]http|bot[/;)]|(^|[^a-z])bot([^a-z]|$)') }}, false)
{%- endmacro %}

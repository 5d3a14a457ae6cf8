{#- Whether a user agent names a machine: mail security that follows links, previews, crawlers, scripts; and a bare Mozilla/5.0,
    which is what mail programs say that load every image in advance. -#}
{% macro is_scanner_agent(user_agent) -%}
  {%- set names = ['scanner', 'barracuda', 'mimecast', 'proofpoint', 'safelinks', 'urldefense', 'fireeye', 'symantec', 'trendmicro',
      'crawl', 'spider', 'headless', 'phantomjs', 'python-', 'curl/', 'wget/', 'okhttp', 'go-http-client', 'java/', 'linkpreview',
      '[+]http', 'bot[/;)]', '(^|[^a-z])bot([^a-z]|$)', '^mozilla/5[.]0$'] -%}
  coalesce({{ text_matches('lower(' ~ user_agent ~ ')', names | join('|')) }}, false)
{%- endmacro %}

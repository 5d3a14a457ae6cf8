{#- How much model a mode is: 1 rules, 2 hybrid, 3 gradient boosting. -#}
{% macro mode_rank(mode) -%} case {{ mode }} when 'rules' then 1 when 'hybrid' then 2 else 3 end {%- endmacro %}

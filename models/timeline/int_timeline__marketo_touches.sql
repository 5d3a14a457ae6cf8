-- Marketo's activity tables in the one shape of all touches. The list says for each table what its rows are.
{{ config(materialized='view') }}
{% set tables = [
    {'name': 'visit_webpage', 'channel': 'web', 'type': 'web_visit', 'direction': 'inbound', 'asset': 'webpage_url', 'content': true},
    {'name': 'click_link', 'channel': 'web', 'type': 'link_click', 'direction': 'inbound', 'asset': 'link_name', 'content': true},
    {'name': 'fill_out_form', 'channel': 'web', 'type': 'form_fill', 'direction': 'inbound', 'asset': 'form_name', 'content': true},
    {'name': 'send_email', 'channel': 'email', 'type': 'email_sent', 'direction': 'outbound', 'asset': 'email_name'},
    {'name': 'email_delivered', 'channel': 'email', 'type': 'email_delivered', 'direction': 'outbound', 'asset': 'email_name'},
    {'name': 'open_email', 'channel': 'email', 'type': 'email_open', 'direction': 'inbound', 'asset': 'email_name', 'bot': 'is_bot'},
    {'name': 'click_email', 'channel': 'email', 'type': 'email_click', 'direction': 'inbound', 'asset': 'link', 'content': true, 'bot': 'is_bot'},
    {'name': 'email_bounced', 'channel': 'email', 'type': 'email_bounce', 'direction': 'system', 'asset': 'email_name'},
    {'name': 'email_bounced_soft', 'channel': 'email', 'type': 'email_soft_bounce', 'direction': 'system', 'asset': 'email_name'},
    {'name': 'unsubscribe_email', 'channel': 'email', 'type': 'unsubscribe', 'direction': 'inbound', 'asset': 'email_name'},
    {'name': 'open_sales_email', 'channel': 'sales', 'type': 'sales_email_open', 'direction': 'inbound', 'asset': 'email_name'},
    {'name': 'click_sales_email', 'channel': 'sales', 'type': 'sales_email_click', 'direction': 'inbound', 'asset': 'link', 'content': true},
    {'name': 'interesting_moment', 'channel': 'program', 'type': 'interesting_moment', 'direction': 'system', 'asset': 'description'},
    {'name': 'new_lead', 'channel': 'program', 'type': 'lead_created', 'direction': 'system', 'asset': 'form_name'}
] %}

{% for table in tables %}
    select
        'marketo.{{ table.name }}:' || activity_id as activity_id,
        'marketo.lead:' || marketo_lead_id as record_id,
        occurred_at,
        'marketo' as source_system,
        '{{ table.channel }}' as channel,
        '{{ table.type }}' as activity_type,
        '{{ table.direction }}' as direction,
        {{ table.asset }} as asset,
        {{ table.content | default(false) | lower }} as is_content,
        {{ table.bot | default('false') }} as is_bot
    from {{ ref('stg_marketo__activity_' ~ table.name) }}

    union all
{% endfor %}

-- What happened in a program: only coming and asking are touches, other statuses are the program's own bookkeeping.
select
    'marketo.status:' || statuses.activity_id as activity_id,
    'marketo.lead:' || statuses.marketo_lead_id as record_id,
    statuses.occurred_at,
    'marketo' as source_system,
    {{ program_channel('programs.channel') }} as channel,
    {{ attendance_type('statuses.new_status', 'programs.channel') }} as activity_type,
    'inbound' as direction,
    coalesce(statuses.program_name, programs.program_name) as asset,
    true as is_content,
    false as is_bot
from {{ ref('stg_marketo__activity_change_status_in_progression') }} as statuses
left join {{ ref('stg_marketo__program') }} as programs on statuses.program_id = programs.program_id
where {{ attendance_type('statuses.new_status', 'programs.channel') }} is not null

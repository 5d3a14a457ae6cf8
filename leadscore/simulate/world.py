"""The simulated world, step by step. (First thin cut: all tables, simple draws.)"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from leadscore.simulate.write import replacing_world

PAGES = ["/pricing", "/demo", "/contact-sales", "/compare/us-vs-them", "/roi-calculator", "/migration-guide",
         "/integrations/crm", "/docs/start", "/api/leads", "/case-studies/bank", "/customers/retail",
         "/whitepapers/lead-quality", "/webinars/scoring-live", "/blog/tips", "/blog/ai-trends", "/resources/ai-guide",
         "/infographics/funnel", "/events/summit", "/careers", "/security", "/"]
FORMS = ["Demo Request", "Contact Sales", "Pricing Enquiry", "Newsletter", "Whitepaper Download: Lead Quality",
         "Case Study Download: Bank", "Webinar Registration: Scoring Live", "ROI Calculator"]
SOURCES = ["Organic Search", "Paid Search", "Paid Social", "Partner Referral", "Conference", "Webinar", "Outbound",
           "Content Syndication", "Direct"]
TITLES = ["VP Marketing", "CTO", "Sales Operations Manager", "Dir. of IT", "Sr. Data Analyst", "Head of Growth", None]


def simulate(database: Path, leads: int, months: int, seed: int, end: date, progress: bool = True) -> dict[str, int]:
    """Write a simulated world; returns rows per `schema.table`."""
    if leads < 1 or months < 1:
        raise ValueError("A world needs at least 1 lead and 1 month.")
    rng = np.random.default_rng(seed)
    stop = np.datetime64(end, "us")
    span = int(months * 30.4 * 86400)

    def before(instants, seconds):
        return instants + (rng.random(len(instants)) * seconds).astype("int64") * np.timedelta64(1, "s")

    n, k = leads, max(leads // 3, 1)
    start = stop - np.timedelta64(span, "s")
    company = rng.integers(0, k, n)
    acct = np.array([f"001{i:015d}" for i in range(k)])
    domain = np.array([f"company{i}.{t}" for i, t in enumerate(rng.choice(["com", "io", "de", "co.uk"], k))])
    name = np.array([f"Company {i} Ltd" for i in range(k)])
    country = rng.choice(["United States", "Germany", "United Kingdom", "Brazil"], k)
    industry = rng.choice(["Software", "Banking", "Retail", "Healthcare"], k)
    size = np.exp(rng.normal(5, 1.8, k)).astype(int) + 1
    created = np.sort(start + (rng.random(n) ** 0.8 * span).astype("int64") * np.timedelta64(1, "s"))
    first = rng.choice(["Anna", "Jonas", "Maria", "Paul"], n)
    last = np.array([f"Person{i}" for i in range(n)])
    email = np.array([f"{f.lower()}.{x.lower()}@{domain[c]}" for f, x, c in zip(first, last, company, strict=True)])
    sf = rng.random(n) < 0.6
    sfid = np.array([f"00Q{i:015d}" for i in range(n)])
    cid = np.array([f"003{i:015d}" for i in range(n)])
    hot = rng.random(n) < 0.08
    conv = hot & sf
    convtime = before(created, 200 * 86400)
    conv &= convtime < stop
    mkid = 1000 + np.arange(n)
    common = dict(first_name=first, last_name=last, title=rng.choice(np.array(TITLES, object), n), email=email)
    src = rng.choice(SOURCES, n)
    with replacing_world(database) as w:
        w.raw("marketo", "lead", dict(id=mkid, **common, company=name[company], country=country[company],
              industry=industry[company], number_of_employees=size[company], lead_source=src, created_at=created,
              updated_at=created, sfdc_lead_id=np.where(sf, sfid, None), sfdc_contact_id=np.where(conv, cid, None),
              unsubscribed=rng.random(n) < 0.05, email_invalid=rng.random(n) < 0.03, _fivetran_deleted=False,
              _fivetran_synced=created, website=domain[company]))
        w.raw("salesforce", "account", dict(id=acct, name=name, website=domain, industry=industry, is_deleted=False,
              number_of_employees=size, annual_revenue=size * 150000.0, billing_country=country,
              created_date=np.full(k, start), _fivetran_synced=np.full(k, start)))
        opp = np.array([f"006{i:015d}" for i in range(n)])
        none = lambda x: np.where(conv[sf], x[sf], None)
        w.raw("salesforce", "lead", dict(id=sfid[sf], **{key: v[sf] for key, v in common.items()},
              company=name[company[sf]], country=country[company[sf]], lead_source=src[sf], status="Open",
              created_date=created[sf], is_deleted=False, has_opted_out_of_email=False, is_converted=conv[sf],
              converted_date=pd.Series(convtime[sf]).where(conv[sf]).to_numpy(), converted_contact_id=none(cid),
              converted_account_id=none(acct[company]), converted_opportunity_id=none(opp), _fivetran_synced=created[sf]))
        ct = convtime[conv]
        w.raw("salesforce", "contact", dict(id=cid[conv], **{key: v[conv] for key, v in common.items()},
              account_id=acct[company[conv]], created_date=ct, is_deleted=False, _fivetran_synced=ct))
        won = rng.random(len(ct)) < 0.3
        w.raw("salesforce", "opportunity", dict(id=opp[conv], account_id=acct[company[conv]], created_date=ct,
              close_date=(ct + np.timedelta64(60, "D")).astype("datetime64[D]"), amount=np.full(len(ct), 20000.0),
              stage_name=np.where(won, "Closed Won", "Closed Lost"), is_closed=True, is_won=won, is_deleted=False,
              lead_source=src[conv], _fivetran_synced=ct))
        w.raw("salesforce", "opportunity_contact_role", dict(id=np.array([f"00K{i:015d}" for i in range(len(ct))]),
              opportunity_id=opp[conv], contact_id=cid[conv], is_primary=True, is_deleted=False, created_date=ct,
              _fivetran_synced=ct))
        w.raw("salesforce", "user", dict(id=np.array([f"005{i:015d}" for i in range(10)]), name="Sales Rep",
              is_active=True, _fivetran_deleted=False))
        w.raw("salesforce", "campaign", dict(id=np.array([f"701{i:015d}" for i in range(10)]), name="Summit",
              type="Conference", is_deleted=False, is_active=True))

        def touches(per_lead):
            who = np.sort(np.repeat(np.arange(n), rng.poisson(per_lead * np.where(hot, 4, 0.8))))
            at = before(created[who], 300 * 86400)
            keep = at < stop
            return who[keep], at[keep]

        next_id = 1
        for table, per_lead, extra in [
            ("send_email", 8, lambda m: dict(primary_attribute_value=rng.choice(["Nurture 1", "Newsletter"], m))),
            ("email_delivered", 8, lambda m: dict(primary_attribute_value=rng.choice(["Nurture 1", "Newsletter"], m))),
            ("open_email", 2, lambda m: dict(primary_attribute_value="Nurture 1", is_bot_activity=rng.random(m) < 0.1)),
            ("click_email", 0.7, lambda m: dict(primary_attribute_value="Nurture 1", link="https://www.example-vendor.com/pricing", is_bot_activity=rng.random(m) < 0.1)),
            ("click_link", 0.2, lambda m: dict(primary_attribute_value="Docs link")),
            ("visit_webpage", 6, lambda m: dict(webpage_url=rng.choice(PAGES, m))),
            ("fill_out_form", 0.5, lambda m: dict(primary_attribute_value=rng.choice(FORMS, m), referrer_url="/demo")),
            ("email_bounced", 0.1, lambda m: dict(primary_attribute_value="Nurture 1", category="2")),
            ("email_bounced_soft", 0.1, lambda m: dict(primary_attribute_value="Nurture 1", category="3")),
            ("unsubscribe_email", 0.05, lambda m: dict(primary_attribute_value="Nurture 1")),
            ("change_status_in_progression", 0.5, lambda m: dict(primary_attribute_value="Webinar One", primary_attribute_value_id=1000, new_status=rng.choice(["Registered", "Attended", "No Show"], m))),
            ("new_lead", 0, None), ("change_score", 0.3, lambda m: dict(change_value="+5", old_value=0, new_value=5)),
            ("interesting_moment", 0.2, lambda m: dict(primary_attribute_value="Web", description="Visited pricing")),
            ("open_sales_email", 0.2, lambda m: dict(primary_attribute_value="Intro")),
            ("click_sales_email", 0.1, lambda m: dict(primary_attribute_value="Intro")),
            ("merge_leads", 0.005, lambda m: dict(merge_ids="[1]")), ("delete_lead", 0.005, lambda m: {}),
            ("convert_lead", 0, None),
        ]:
            who, at = (np.arange(n), created) if table == "new_lead" else touches(per_lead)
            if table == "convert_lead":
                who, at = np.flatnonzero(conv), ct
            fields = extra(len(who)) if extra else {}
            w.raw("marketo", "activity_" + table, dict(id=next_id + np.arange(len(who)), lead_id=mkid[who],
                  activity_date=at, _fivetran_synced=at, **fields))
            next_id += len(who)
        w.raw("marketo", "program", dict(id=np.array([1000, 1001]), name=np.array(["Webinar One", "Summit"]),
              channel=np.array(["Webinar", "Event"]), _fivetran_deleted=False))
        w.raw("marketo", "program_membership", dict(id=np.arange(n), program_id=1000, membership_date=created,
              progression_status="Member"))
        w.raw("marketo", "campaign", dict(id=np.arange(5), name="Smart campaign", _fivetran_deleted=False))
        who, at = touches(1)
        who, at = who[sf[who]], at[sf[who]]
        w.raw("salesforce", "task", dict(id=np.array([f"00T{i:015d}" for i in range(len(who))]), who_id=sfid[who],
              created_date=at, activity_date=at.astype("datetime64[D]"), completed_date_time=at, status="Completed",
              is_closed=True, task_subtype=rng.choice(["Call", "Email"], len(who)), call_disposition="Connected",
              call_type="Outbound", call_duration_in_seconds=90, is_deleted=False, _fivetran_synced=at))
        who, at = who[::10], at[::10]
        w.raw("salesforce", "event", dict(id=np.array([f"00U{i:015d}" for i in range(len(who))]), who_id=sfid[who],
              created_date=at, start_date_time=at, type="Meeting", is_deleted=False, _fivetran_synced=at))
        w.raw("salesforce", "campaign_member", dict(id=np.array([f"00v{i:015d}" for i in range(len(who))]),
              lead_id=sfid[who], campaign_id=f"701{0:015d}", has_responded=True, created_date=at, status="Responded",
              first_responded_date=at.astype("datetime64[D]"), is_deleted=False, _fivetran_synced=at))
        weekly = rng.integers(0, k, k * 8)
        day = stop.astype("datetime64[D]") - 7 * rng.integers(1, max(span // 604800, 2), len(weekly))
        w.raw("bombora", "company_surge", dict(company_name=name[weekly], domain=domain[weekly], topic_id=1,
              topic_name=rng.choice(["Lead scoring", "AI lead scoring", "CRM"], len(weekly)), date=day,
              composite_score=rng.integers(30, 95, len(weekly)), country=country[weekly]))
        w.raw("g2", "buyer_intent", dict(company_name=name[weekly], company_domain=domain[weekly], time=day.astype("datetime64[us]"),
              signal_type=rng.choice(["profile", "pricing", "compare", "category", "alternatives"], len(weekly)),
              visitor_count=1, total_activity=2))
        pid = np.arange(n)
        w.truth("person", dict(person_id="BIGINT", company_id="BIGINT", seniority="VARCHAR", department="VARCHAR"),
                dict(person_id=pid, company_id=company, seniority="manager", department="marketing"))
        w.truth("record_person", dict(record_id="VARCHAR", person_id="BIGINT"),
                dict(record_id=np.array([f"marketo.lead:{i}" for i in mkid]), person_id=pid))
        w.truth("conversion_probability", dict(person_id="BIGINT", valid_from="DATE", valid_to="DATE", stage="VARCHAR",
                probability="DOUBLE"), dict(person_id=pid, valid_from=created.astype("datetime64[D]"),
                valid_to=np.full(n, stop.astype("datetime64[D]")), stage="unaware", probability=np.where(hot, 0.2, 0.01)))
        w.truth("planted_effects", dict(effect="VARCHAR", parameter="VARCHAR", value="VARCHAR", description="VARCHAR"),
                dict(effect=np.array(["ai_switch"]), parameter="date", value=str(end), description="thin"))
        rows = w.rows
    return rows

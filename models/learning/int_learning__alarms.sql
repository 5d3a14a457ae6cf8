-- What the monitor of the champion says that speaks for training again: the one place where the retraining decision hears of it.
select
    cast(null as varchar) as reason,
    cast(null as varchar) as detail
where 1 = 0

-- The job of `conntrail connections`, as far as SQL is asked to do it: records of both directions are paired under one
-- key, a plain SYN after a close begins a new connection on the same ports, each connection becomes one JSON line.
-- $input, $columns and $output are filled in by run-job.ts. Ports, times, counts and flags are read as integers.
-- Addresses stay text: the core of DuckDB has no address type, and taking them apart costs more than hashing them.
COPY (
  WITH records AS (
    SELECT "pkt-srcaddr" AS src, "pkt-dstaddr" AS dst, srcport, dstport, protocol, packets, bytes, start, "end",
           coalesce("tcp-flags", 0) AS flags, action, "interface-id" AS eni,
           (srcport, "pkt-srcaddr") > (dstport, "pkt-dstaddr") AS from_high
    FROM read_csv($input, delim = ' ', header = true, auto_detect = false, nullstr = '-', columns = $columns)
    WHERE "log-status" = 'OK'
  ), keyed AS (
    SELECT *, CASE WHEN from_high THEN dst ELSE src END AS low, CASE WHEN from_high THEN src ELSE dst END AS high,
           CASE WHEN from_high THEN dstport ELSE srcport END AS low_port,
           CASE WHEN from_high THEN srcport ELSE dstport END AS high_port
    FROM records
  ), marked AS (
    SELECT *, max(CASE WHEN (flags & 5) <> 0 THEN "end" END) OVER (
             PARTITION BY low, high, low_port, high_port, protocol ORDER BY start, "end"
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS closed_before
    FROM keyed
  ), numbered AS (
    -- Peers of one start and end share a frame here, so both directions of a window get the same number.
    SELECT *, count(*) FILTER (WHERE (flags & 2) <> 0 AND start >= closed_before) OVER (
             PARTITION BY low, high, low_port, high_port, protocol ORDER BY start, "end") AS life
    FROM marked
  )
  SELECT low, high, low_port, high_port, protocol, life,
         CASE WHEN bool_or((flags & 18) = 18 AND from_high) OR bool_or((flags & 18) = 2 AND NOT from_high) THEN low
              WHEN bool_or((flags & 18) = 18) OR bool_or((flags & 18) = 2) THEN high END AS initiator,
         min(start) AS first_seen, max("end") AS last_seen,
         min(start) FILTER (WHERE (flags & 2) <> 0) AS opened_at,
         max("end") FILTER (WHERE (flags & 5) <> 0) AS closed_at,
         sum(packets) FILTER (WHERE NOT from_high) AS low_packets, sum(bytes) FILTER (WHERE NOT from_high) AS low_bytes,
         sum(packets) FILTER (WHERE from_high) AS high_packets, sum(bytes) FILTER (WHERE from_high) AS high_bytes,
         bit_or(flags) FILTER (WHERE NOT from_high) AS low_flags, bit_or(flags) FILTER (WHERE from_high) AS high_flags,
         count(*) AS records, min(eni) AS interface_id, bool_or(action = 'REJECT') AS any_reject
  FROM numbered GROUP BY low, high, low_port, high_port, protocol, life
) TO $output (FORMAT json)

-- A flow log as AWS delivers it in Parquet: names with underscores, null for what is not known, gzip.
-- $input, $columns, $renamed and $output are filled in by run-job.ts.
COPY (
  SELECT $renamed FROM read_csv($input, delim = ' ', header = true, auto_detect = false, nullstr = '-', columns = $columns)
) TO $output (FORMAT parquet, CODEC gzip)

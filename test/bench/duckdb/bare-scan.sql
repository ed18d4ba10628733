-- The least a database can do with the file: read it, count its records, sum one column.
SELECT count(*), sum(bytes)
FROM read_csv($input, delim = ' ', header = true, auto_detect = false, nullstr = '-', columns = $columns)

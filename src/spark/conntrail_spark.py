"""Rebuilds TCP connections from AWS VPC flow logs under Apache Spark: the rows that one machine would give.

    spark-submit --archives conntrail.tgz#conntrail conntrail_spark.py IN OUT

Every task runs conntrail as it is, one process, and moves bytes. The steps are those of docs/scale-out.md:

    split   every record goes to the part of its key, in compressed blobs
    learn   each part tells what its keys teach; what is known of an end is added up over all parts (SQL)
    judge   each part is judged with what the whole input teaches, and its rows are written as Parquet

Nothing is known here of flow logs, rules or connections. DataFrames only: no RDD, no JAR.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import traceback
from typing import Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json
import pyarrow.parquet
from pyspark import SparkFiles
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.storagelevel import StorageLevel

# Bytes of packed input that one task splits, and that one part gets where --parts does not say how many there are.
TASK_BYTES = 256 << 20
PART_BYTES = 128 << 20
# What opening one more file is worth, in bytes of reading: objects of flow logs are small and many.
OPEN_BYTES = 64 << 10
# Text is about so many times as long as it is packed.
TEXT_GROWTH = 8
MOST_PARTS = 4096
# Bytes that are handed to Spark at once, and read of a child at once.
PIECE = 8 << 20
# Bytes that Spark hands to Python at once, and rows where it is too old to count bytes.
ARROW_BYTES = 32 << 20
FEW_ROWS = 16
# Files of facts that one process merges.
MERGED_AT_ONCE = 64

# Exit codes of conntrail (docs/cli.md).
OK, FAULT, USAGE, INPUT, REJECTED, OUTPUT = 0, 1, 2, 3, 5, 6

# What goes from task to task. `slot` says where a row goes, `kind` what it is; ends have columns of their own.
BLOB, ENDS, FACTS, TROUBLE = "blob", "ends", "facts", "trouble"
MOVED = "slot int, kind string, payload binary"
LEARNED = f"{MOVED}, place binary, end string, port int, protocol int, answers boolean, peers bigint, asked boolean"

# What the line of an end holds in a file of facts, in this order.
END_FIELDS = pa.schema(
    [
        ("end", pa.string()),
        ("port", pa.int32()),
        ("protocol", pa.int32()),
        ("answers", pa.bool_()),
        ("peers", pa.int64()),
        ("asked", pa.bool_()),
    ]
)
END_LINE = b'{"end":'
RUN_LINE = b'{"run":'
REJECTION_LINE = b'{"rejection":'
MOVED_NAMES = ["slot", "kind", "payload"]
LEARNED_NAMES = [*MOVED_NAMES, "place", *END_FIELDS.names]
# The part of the frames behind those of all parts.
FACTS_FRAME = 0xFFFFFFFF

# What stands in a column of Parquet, as Spark calls it. Moments come in milliseconds; Spark's are in microseconds.
SPARK_TYPES = {
    pa.string(): "string",
    pa.bool_(): "boolean",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.timestamp("ms", tz="UTC"): "timestamp",
}
SPARK_MOMENT = pa.timestamp("us", tz="UTC")

# A row of bytes: slot, kind, payload.
Row = Tuple[int, str, bytes]


class Refused(Exception):
    """What the driver ends with: a sentence and an exit code."""

    def __init__(self, code: int, says: str):
        super().__init__(says)
        self.code = code


class ConntrailFailed(Exception):
    """What a child ended with. The driver finds it in whatever Spark makes of it, hence the form."""

    def __init__(self, code: int, says: str):
        super().__init__(f"[exit {code}] {says}")


FAILED = re.compile(r"ConntrailFailed: \[exit (\d+)\] (.*)")


class Job(NamedTuple):
    """What tasks are told."""

    # The folder of conntrail on a worker; None is what Spark has unpacked.
    home: Optional[str] = None
    # For each part the value of `slot` that takes it to a task of its own.
    slots: Tuple[int, ...] = (0,)
    # The folder that all inputs lie in, and the inputs that were named as files.
    below: str = ""
    named: Tuple[str, ...] = ()
    compress: str = "gzip"
    # Options of conntrail that reads the input, that learns from parts, and that judges them.
    splitting: Tuple[str, ...] = ()
    learning: Tuple[str, ...] = ()
    judging: Tuple[str, ...] = ()
    keep_going: bool = False


# ---- One process ----


def program_of(job: Job) -> List[str]:
    """Node.js and conntrail: below the folder that was named, or where Spark has unpacked the archive."""
    places = [job.home] if job.home else [SparkFiles.get("conntrail"), os.path.join(os.getcwd(), "conntrail")]
    for place in places:
        main_js = os.path.join(place, "dist", "cli", "main.js")
        if os.path.isfile(main_js):
            node = os.path.join(place, "bin", "node")
            return [node if os.path.isfile(node) else "node", main_js]
    raise ConntrailFailed(
        INPUT,
        f"There is no conntrail in {' or '.join(places)} on a worker: submit with "
        "--archives conntrail.tgz#conntrail, or name its folder with --conntrail.",
    )


@contextlib.contextmanager
def task_folder() -> Iterator[str]:
    """A folder of this task alone, on a disk that Spark may fill; gone when the task ends."""
    disks = [disk for disk in os.environ.get("SPARK_LOCAL_DIRS", "").split(",") if os.path.isdir(disk)]
    with tempfile.TemporaryDirectory(prefix="conntrail-", dir=disks[0] if disks else None) as folder:
        yield folder


def start(words: Sequence[str], folder: str, **streams) -> subprocess.Popen:
    environment = {**os.environ, "TMPDIR": folder, "NO_COLOR": "1"}
    try:
        return subprocess.Popen(words, env=environment, **streams)
    except OSError as error:
        raise ConntrailFailed(FAULT, f"{words[0]} does not run on a worker: {error.strerror}.") from error


def sentence_of(command: str, code: int, said: bytes) -> str:
    """Why a child has ended: its last line; what stands before is of sources that were left out."""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    if lines:
        return re.sub("^conntrail: ", "", lines[-1])
    if code < 0:
        return (
            f"conntrail {command} was killed by signal {-code}. If it is the memory beside the JVM, "
            "raise spark.executor.memoryOverhead or lower --memory."
        )
    return f"conntrail {command} ended with exit code {code} and without a word."


class Child:
    """A process of conntrail, and what it has said on standard error so far."""

    def __init__(self, process: subprocess.Popen, errors: io.BufferedRandom):
        self.stdin, self.stdout = process.stdin, process.stdout
        self._errors = errors

    def said(self) -> bytes:
        self._errors.seek(0)
        return self._errors.read()


@contextlib.contextmanager
def conntrail(
    job: Job, folder: str, words: Sequence[str], allowed: Sequence[int] = (), cwd: Optional[str] = None, **streams
) -> Iterator[Child]:
    """A child, which is over when the block is, one way or the other.

    Raises ConntrailFailed with its sentence where it ends with any code but 0 and those that are allowed.
    """
    with tempfile.TemporaryFile(dir=folder) as said:
        process = start([*program_of(job), *words], folder, cwd=cwd or folder, stderr=said, **streams)
        child = Child(process, said)
        left_early = False
        try:
            try:
                yield child
                if process.stdin:
                    process.stdin.close()
            except BrokenPipeError:
                # It does not take what is written to it any more: why it has ended counts.
                left_early = True
            code = process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(BrokenPipeError):
                    if stream:
                        stream.close()
        if left_early or code not in (OK, *allowed):
            raise ConntrailFailed(code if code > 0 else FAULT, sentence_of(words[0], code, child.said()))


# ---- Rows ----


def in_batches(rows: Iterable[Row]) -> Iterator[pa.RecordBatch]:
    """Rows as Spark takes them, some bytes at once."""
    held: List[Row] = []
    size = 0
    for row in rows:
        held.append(row)
        size += len(row[2])
        if size >= PIECE:
            yield batch_of(held)
            held, size = [], 0
    if held:
        yield batch_of(held)


def batch_of(rows: Sequence[Row]) -> pa.RecordBatch:
    slots, kinds, payloads = zip(*rows)
    columns = [pa.array(slots, pa.int32()), pa.array(kinds, pa.string()), pa.array(payloads, pa.binary())]
    return pa.RecordBatch.from_arrays(columns, MOVED_NAMES)


def rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[Row]:
    for batch in batches:
        yield from zip(*(batch.column(name).to_pylist() for name in MOVED_NAMES))


# ---- split ----


def local_name(path: str) -> str:
    """The path of a file or an object without what stands before it, as file: or s3a:/."""
    return re.sub(r"^[a-z][a-z0-9+.-]*:(//(?=[^/])|/+(?=/))?", "", path, flags=re.IGNORECASE)


def place(job: Job, tree: str, path: str, content: Optional[bytes]) -> str:
    """Puts a source below the task's folder, under the name that it has below the folder of all inputs."""
    # Spark has left out what is hidden below the inputs. Hidden folders that are left were named: they are read.
    name = re.sub(r"(^|/)\.", r"\1_.", local_name(path)[len(job.below) :])
    target = os.path.join(tree, name)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if content is None:
        os.symlink(local_name(path), target)
    else:
        with open(target, "wb") as file:
            file.write(content)
    return name


def split(job: Job):
    """Sources to blobs of parts, and to what was learned while they were read."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with task_folder() as folder:
            tree = os.path.join(folder, "input")
            os.mkdir(tree)
            named = []
            for batch in batches:
                paths = batch.column("path").to_pylist()
                is_whole = "content" in batch.schema.names
                contents = batch.column("content").to_pylist() if is_whole else [None] * len(paths)
                for path, content in zip(paths, contents):
                    name = place(job, tree, path, content)
                    if local_name(path) in job.named:
                        named.append(name)
            if os.listdir(tree):
                yield from in_batches(rows_of_split(job, folder, tree, named))

    return task


def rows_of_split(job: Job, folder: str, tree: str, named: Sequence[str]) -> Iterator[Row]:
    parts = len(job.slots)
    words = ["split", "-q", "-o", "-", "--parts", str(parts), "--compress", job.compress, *job.splitting]
    allowed = [INPUT] if job.keep_going else []
    facts: List[bytes] = []
    with conntrail(job, folder, [*words, "--", ".", *named], allowed, tree, stdout=subprocess.PIPE) as child:
        for part, content in frames(child.stdout):
            if part == FACTS_FRAME:
                facts.append(content)
            else:
                yield job.slots[part], BLOB, content
        troubles = child.said().splitlines()
    if not facts:
        raise ConntrailFailed(FAULT, "conntrail split ended before it had told what it learned.")
    # What is no blob goes to some part: those of one task to the same, those of many tasks to many.
    slot = job.slots[len(facts[0]) % parts]
    yield slot, FACTS, b"".join(facts)
    for line in troubles:
        yield slot, TROUBLE, line


def frames(stream: io.BufferedReader) -> Iterator[Tuple[int, bytes]]:
    """Parts and bytes of what split writes to standard output. Where it breaks off, its exit code says so."""
    while True:
        head = stream.read(8)
        if len(head) < 8:
            return
        part, length = struct.unpack("<II", head)
        yield part, stream.read(length)


# ---- learn ----


def learn(job: Job):
    """The blobs of a part to what its keys teach. All else is handed on."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with task_folder() as folder:
            passed: List[Row] = []
            facts = os.path.join(folder, "facts.jsonl")
            words = ["learn", "-q", *job.learning, "-o", facts, "-"]
            slot = None
            with contextlib.ExitStack() as children:
                for row in rows_of(batches):
                    if row[1] != BLOB:
                        passed.append(row)
                        continue
                    if slot is None:
                        slot = row[0]
                        child = children.enter_context(conntrail(job, folder, words, stdin=subprocess.PIPE))
                    child.stdin.write(row[2])
            if slot is not None:
                rest: List[bytes] = []
                for ends in read_ends(facts, rest):
                    yield learned(slot, ends)
                passed.append((slot, FACTS, head_of(rest, "none") + last_of(rest)))
            for batch in in_batches(passed):
                nothing = [pa.nulls(len(batch), pa.binary()), *(pa.nulls(len(batch), each.type) for each in END_FIELDS)]
                yield pa.RecordBatch.from_arrays([*batch.columns, *nothing], LEARNED_NAMES)

    return task


def read_ends(path: str, rest: List[bytes]) -> Iterator[pa.Table]:
    """The ends of a file of facts, many lines at once; all other lines go into `rest`."""
    form = pyarrow.json.ParseOptions(explicit_schema=END_FIELDS, unexpected_field_behavior="error")
    with open(path, "rb") as file:
        while True:
            lines = file.readlines(PIECE)
            if not lines:
                return
            ends = [line for line in lines if line.startswith(END_LINE)]
            rest += [line for line in lines if not line.startswith(END_LINE)]
            if ends:
                text = b"".join(ends)
                at_once = pyarrow.json.ReadOptions(use_threads=False, block_size=len(text) + 1)
                yield pyarrow.json.read_json(io.BytesIO(text), at_once, form)


def learned(slot: int, ends: pa.Table) -> pa.RecordBatch:
    count = ends.num_rows
    columns = [
        pa.repeat(pa.scalar(slot, pa.int32()), count),
        pa.repeat(pa.scalar(ENDS), count),
        pa.nulls(count, pa.binary()),
        places_of(ends.column("end").combine_chunks()),
        *(column.combine_chunks() for column in ends.columns),
    ]
    return pa.RecordBatch.from_arrays(columns, LEARNED_NAMES)


def places_of(addresses: pa.Array) -> pa.Array:
    """What ends are ordered by in a file of facts, before port and protocol: IPv4 first, then the address as a number."""
    coded = addresses.dictionary_encode()
    places = [
        b"6" + socket.inet_pton(socket.AF_INET6, text) if ":" in text else b"4" + socket.inet_aton(text)
        for text in coded.dictionary.to_pylist()
    ]
    return pa.array(places, pa.binary()).take(coded.indices)


def lines_of(ends: pa.RecordBatch) -> bytes:
    """Ends as lines of a file of facts."""
    if len(ends) == 0:
        return b""
    words = ['{"end":"', '","port":', ',"protocol":', ',"answers":', ',"peers":']
    cells = [ends.column(name).cast(pa.string()) for name in ("end", "port", "protocol", "answers", "peers")]
    texts = [text for pair in zip(words, cells) for text in pair]
    return "".join(pc.binary_join_element_wise(*texts, ',"asked":true}\n', "").to_pylist()).encode()


def head_of(lines: Sequence[bytes], ends: str) -> bytes:
    """A file of facts up to its last line, with another word on which ends it names."""
    head = json.loads(lines[0])
    head["ends"] = ends
    return b"".join([json.dumps(head, separators=(",", ":"), ensure_ascii=False).encode(), b"\n", *lines[1:-1]])


def last_of(lines: Sequence[bytes], more: int = 0) -> bytes:
    """The last line of a file of facts, which says how many stand before it."""
    return json.dumps({"end_of_facts": True, "lines": len(lines) - 1 + more}, separators=(",", ":")).encode() + b"\n"


# ---- merge ----


def merge(job: Job):
    """Several files of facts to one."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with task_folder() as folder:
            files = []
            for slot, _, payload in rows_of(batches):
                files.append(f"{len(files)}.jsonl")
                with open(os.path.join(folder, files[-1]), "wb") as file:
                    file.write(payload)
            if files:
                with conntrail(job, folder, ["learn", "-q", "--merge", "-o", "merged.jsonl", *files]):
                    pass
                with open(os.path.join(folder, "merged.jsonl"), "rb") as file:
                    yield batch_of([(slot, FACTS, file.read())])

    return task


# ---- judge ----


def judge(job: Job, facts: bytes, columns: pa.Schema):
    """The ends that a part asks for, and its blobs, in this order, to its connections; `facts` is what all know."""
    # Lines that were not understood judge nothing, and may be many.
    lines = [line for line in facts.splitlines(keepends=True) if not line.startswith(REJECTION_LINE)]

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with task_folder() as folder:
            known, rows = (os.path.join(folder, name) for name in ("facts.jsonl", "rows.parquet"))
            words = ["connections", "-q", "--facts", known, "-f", "parquet", "-o", rows, *job.judging, "-"]
            with contextlib.ExitStack() as children, open(known, "wb") as told:
                told.write(head_of(lines, "teaching"))
                child, count = None, 0
                for batch in batches:
                    ends = batch.filter(pc.equal(batch.column("kind"), ENDS))
                    told.write(lines_of(ends))
                    count += len(ends)
                    for blob in batch.column("payload").slice(len(ends)):
                        if child is None:
                            told.write(last_of(lines, count))
                            told.close()
                            child = children.enter_context(conntrail(job, folder, words, stdin=subprocess.PIPE))
                        child.stdin.write(blob.as_buffer())
            if child is not None:
                with pyarrow.parquet.ParquetFile(rows) as file:
                    for batch in file.iter_batches():
                        yield as_spark_takes_it(batch, columns)

    return task


def as_spark_takes_it(batch: pa.RecordBatch, columns: pa.Schema) -> pa.RecordBatch:
    """Moments in microseconds; all else as it is."""
    cells = [
        batch.column(field.name).cast(SPARK_MOMENT) if pa.types.is_timestamp(field.type) else batch.column(field.name)
        for field in columns
    ]
    return pa.RecordBatch.from_arrays(cells, columns.names)


# ---- The driver ----


def probe(job: Job):
    """Whether conntrail runs on a worker, whether its Node.js knows zstd, and the columns of its rows."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            pass
        with task_folder() as folder:
            node = program_of(job)[0]
            asked = start(
                [node, "-p", "typeof zlib.createZstdCompress"], folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            told, said = (text.decode("utf-8", "replace").strip() for text in asked.communicate())
            if asked.returncode != 0:
                # Of the loader, as: node: /lib64/libc.so.6: version `GLIBC_2.28' not found (required by node)
                why = said.splitlines()[0] if said else f"exit code {asked.returncode}"
                raise ConntrailFailed(FAULT, f"{node} does not run on a worker: {why}.")
            empty = os.path.join(folder, "empty.parquet")
            words = ["connections", "-q", "-f", "parquet", "-o", empty, *job.judging, "-"]
            with conntrail(job, folder, words, stdin=subprocess.DEVNULL):
                pass
            columns = pyarrow.parquet.read_schema(empty).serialize().to_pybytes()
            cells = [pa.array([told == "function"]), pa.array([columns], pa.binary())]
            yield pa.RecordBatch.from_arrays(cells, ["zstd", "columns"])

    return task


def few_rows_at_once(spark: SparkSession, count: int) -> None:
    """How many rows Spark hands to Python at once in what is planned from here on. From version 4 on it counts bytes."""
    if int(spark.version.split(".")[0]) < 4:
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(count))


def slots_for(spark: SparkSession, parts: int) -> Tuple[int, ...]:
    """For each part a number that Spark's hash takes to a partition of its own."""
    numbers = spark.range(0, 32 * parts).selectExpr("cast(id as int) as slot")
    found = numbers.groupBy(F.expr(f"pmod(hash(slot), {parts}) as part")).agg(F.min("slot").alias("slot")).collect()
    slots = {row.part: row.slot for row in found}
    return tuple(slots.get(part, part) for part in range(parts))


def sources_in(spark: SparkSession, paths: Sequence[str]) -> DataFrame:
    return spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(list(paths))


PACKED = r"(?i)\.(gz|zst|parquet)$"


class Found(NamedTuple):
    files: int
    # As many as there would be if all were packed.
    bytes: int
    is_local: bool
    below: str


def look_at(sources: DataFrame, paths: Sequence[str]) -> Found:
    size = F.when(F.col("path").rlike(PACKED), F.col("length")).otherwise(F.col("length") / TEXT_GROWTH)
    seen = sources.agg(
        F.count("*").alias("files"),
        F.sum(size).cast("bigint").alias("bytes"),
        F.min(F.col("path").startswith("file:")).alias("is_local"),
        F.min("path").alias("least"),
        F.max("path").alias("most"),
    ).first()
    if seen.files == 0:
        raise Refused(INPUT, f"There is no file in {' or '.join(paths)}.")
    # What the first and the last in order have in common, all have.
    common = os.path.commonprefix([local_name(seen.least), local_name(seen.most)])
    return Found(seen.files, seen.bytes, seen.is_local, common[: common.rfind("/") + 1])


def full_name(path: str) -> str:
    """A path as it is compared with others."""
    return path.rstrip("/") if re.match(r"[a-z][a-z0-9+.-]*:", path, re.IGNORECASE) else os.path.abspath(path)


def condition_of(error: AnalysisException) -> str:
    """Spark's name of an error; it has another method for it from version 4 on."""
    told = getattr(error, "getCondition", None) or error.getErrorClass
    return told() or ""


def check_output(spark: SparkSession, options: argparse.Namespace) -> None:
    """Refuses before hours of work what could not be written behind them, or would be written over the input."""
    output = full_name(options.output)
    for path in map(full_name, options.input):
        if path == output or path.startswith(f"{output}/"):
            raise Refused(USAGE, f"{options.output} is where the input is: name another folder for the result.")
    if options.overwrite:
        return
    try:
        sources_in(spark, [options.output])
    except AnalysisException as error:
        if condition_of(error) == "PATH_NOT_FOUND":
            return
        raise
    raise Refused(OUTPUT, f"{options.output} is there already: name another folder, or write over it with --overwrite.")


def rebuild(spark: SparkSession, options: argparse.Namespace) -> int:
    """The whole story; gives the exit code."""
    check_output(spark, options)
    sources = sources_in(spark, options.input)
    found = look_at(sources, options.input)
    job = job_of(options)
    worker = spark.range(1).mapInArrow(probe(job), "zstd boolean, columns binary").first()
    columns = pa.ipc.read_schema(pa.py_buffer(worker.columns))
    parts = options.parts or min(MOST_PARTS, max(1, -(-found.bytes // PART_BYTES)))
    job = job._replace(
        slots=slots_for(spark, parts),
        below=found.below,
        named=tuple(local_name(full_name(path)) for path in options.input),
        compress="zstd" if worker.zstd else "gzip",
    )
    say(f"{found.files:,} files, {parts:,} parts: splitting and learning")

    # Of a file that every worker can open, the name is enough; an object is handed over as a whole, one at a time.
    few_rows_at_once(spark, 1)
    wanted = sources.select("path") if found.is_local else sources.select("path", "content")
    shared = wanted.mapInArrow(split(job), MOVED).repartition(parts, "slot").persist(StorageLevel.DISK_ONLY)
    few_rows_at_once(spark, FEW_ROWS)
    taught = shared.mapInArrow(learn(job), LEARNED).persist(StorageLevel.DISK_ONLY)
    counts = {row.kind: row["count"] for row in taught.groupBy("kind").count().collect()}
    troubles = told_troubles(taught)
    facts = merged_facts(taught, job, counts.get(FACTS, 0))
    run = check_run(facts, options.input)
    say(f"{run['flows']:,} records of {run['sources']:,} sources: judging")

    # What is known comes first: a child knows everything before its first record.
    blobs = shared.where(F.col("kind") == BLOB)
    told = blobs.unionByName(asked_ends(taught), allowMissingColumns=True).repartition(parts, "slot")
    told = told.sortWithinPartitions(F.col("kind").desc(), "place", "port", "protocol")
    form = ", ".join(f"`{field.name}` {SPARK_TYPES[field.type]}" for field in columns)
    rows = told.mapInArrow(judge(job, facts, columns), form)
    rows.write.mode("overwrite" if options.overwrite else "errorifexists").parquet(options.output)
    say(f"{spark.read.parquet(options.output).count():,} rows in {options.output}")
    return INPUT if troubles else OK


def job_of(options: argparse.Namespace) -> Job:
    """What the options say to the children."""
    common = ["--threads", "1"]
    run = [word for name in ("scope", "idle") if getattr(options, name) for word in (f"--{name}", getattr(options, name))]
    splitting = [*common, *(["--fields", options.fields] if options.fields else [])]
    splitting += [word for word, given in (("--strict", options.strict), ("--keep-going", options.keep_going)) if given]
    learning = [*common, *run, "--memory", options.memory]
    judging = [*learning, *(["--observed-only"] if options.observed_only else [])]
    judging += ["--columns", options.columns] if options.columns else []
    return Job(
        home=options.conntrail,
        splitting=tuple(splitting),
        learning=tuple(learning),
        judging=tuple(judging),
        keep_going=options.keep_going,
    )


def told_troubles(taught: DataFrame) -> int:
    """Names the sources that were left out; gives how many there are."""
    lines = [bytes(row.payload).decode("utf-8", "replace") for row in taught.where(F.col("kind") == TROUBLE).collect()]
    for line in sorted(lines):
        say(re.sub("^conntrail: ", "", line))
    return len(lines)


def merged_facts(taught: DataFrame, job: Job, files: int) -> bytes:
    """What all parts and all who split them teach, ends aside, as one file: merged as a tree."""
    facts = taught.where(F.col("kind") == FACTS).select(*MOVED_NAMES)
    while files > 1:
        files = -(-files // MERGED_AT_ONCE)
        facts = facts.repartition(files).mapInArrow(merge(job), MOVED)
    return bytes(facts.first().payload)


def check_run(facts: bytes, paths: Sequence[str]) -> dict:
    """What is known of the input as a whole. Refuses one in which nothing was understood, as conntrail does."""
    run = next(json.loads(line)["run"] for line in facts.splitlines() if line.startswith(RUN_LINE))
    rejected = sum(run["rejections"].values())
    understood = run["flows"] + run["address_only"] + run["nodata"] + run["skipdata"]
    if run["sources"] == 0:
        raise Refused(INPUT, f"There is no flow log in {' or '.join(paths)}: no file is one by its name or its content.")
    if rejected > 0 and understood == 0:
        raise Refused(REJECTED, f"No line could be read: all {rejected:,} were rejected. conntrail check tells why.")
    return run


def asked_ends(taught: DataFrame) -> DataFrame:
    """What is known of each end over all parts, once for each part that may ask for it.

    Ends that answer nobody and talk with one other at most are left out: no rule tells them from unknown ones, and most are such.
    """
    known = (
        taught.where(F.col("kind") == ENDS)
        .groupBy("place", "port", "protocol")
        .agg(
            F.first("end").alias("end"),
            F.max("answers").alias("answers"),
            F.sum("peers").alias("peers"),
            F.collect_list(F.when(F.col("asked"), F.col("slot"))).alias("slots"),
        )
    )
    teaching = known.where(F.col("answers") | (F.col("peers") > 1))
    return teaching.withColumn("slot", F.explode("slots")).withColumn("kind", F.lit(ENDS)).drop("slots")


def say(line: str) -> None:
    """A line on standard error. Names of files may hold anything, and a terminal obeys some of it."""
    shown = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in line)
    print(f"conntrail: {shown}", file=sys.stderr, flush=True)


def explain(error: Exception) -> Tuple[int, str]:
    """The exit code and the sentence of whatever Spark has made of a failure."""
    text = str(error)
    failed = FAILED.search(text)
    if failed:
        return int(failed[1]), failed[2].strip()
    if isinstance(error, AnalysisException) and condition_of(error) == "PATH_NOT_FOUND":
        return INPUT, re.sub(r"^\[PATH_NOT_FOUND\] |\s*SQLSTATE.*", "", text.strip(), flags=re.DOTALL)
    first = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    return FAULT, f"Spark did not finish: {first} (CONNTRAIL_DEBUG=1 shows all of it)"


def parse(args: Optional[Sequence[str]] = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="conntrail_spark.py", description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("input", nargs="+", metavar="IN", help="files, folders and patterns as Spark takes them, s3a:// too")
    add("output", metavar="OUT", help="the folder for Parquet, a new one")
    add("--overwrite", action="store_true", help="write over OUT")
    add("--parts", type=int, metavar="N", help="1 to 4096 (default: one for each 128 MB of packed input)")
    add("--conntrail", metavar="DIR", help="conntrail on every worker (default: --archives conntrail.tgz#conntrail)")
    add("--memory", default="256M", help="what records of a part may take; more wait in a file (default: 256M)")
    for name in ("fields", "scope", "idle", "columns"):
        add(f"--{name}", help="as conntrail has it")
    for name in ("observed-only", "strict", "keep-going"):
        add(f"--{name}", action="store_true", help="as conntrail has it")
    options = parser.parse_args(args)
    if options.parts is not None and not 1 <= options.parts <= MOST_PARTS:
        parser.error(f"--parts is {options.parts}; expected a whole number from 1 to {MOST_PARTS}")
    return options


def main() -> int:
    options = parse()
    spark = (
        SparkSession.builder.appName("conntrail")
        .config("spark.sql.files.maxPartitionBytes", str(TASK_BYTES))
        .config("spark.sql.files.openCostInBytes", str(OPEN_BYTES))
        .config("spark.sql.execution.arrow.maxBytesPerBatch", str(ARROW_BYTES))
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MILLIS")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    try:
        return rebuild(spark, options)
    except Refused as refused:
        say(str(refused))
        return refused.code
    except Exception as error:
        if os.environ.get("CONNTRAIL_DEBUG") == "1":
            traceback.print_exc()
        code, says = explain(error)
        say(says)
        return code


if __name__ == "__main__":
    # Some hosts take any exit for a failure.
    ended = main()
    if ended != OK:
        sys.exit(ended)

"""Rebuilds TCP connections from AWS VPC flow logs under Apache Spark: the rows that one machine would give.

    spark-submit --archives conntrail.tgz#conntrail conntrail_spark.py IN OUT

Every task runs conntrail as it is, one process, and moves bytes. The steps are those of docs/scale-out.md:

    split   every record goes to the part of its key, in compressed blobs
    learn   each part says what its keys teach; what is asked of an end is added up over all parts (SQL)
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
import shutil
import struct
import subprocess
import sys
import tempfile
from typing import Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import pyarrow as pa
import pyarrow.json
import pyarrow.parquet
from pyspark import SparkFiles
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.storagelevel import StorageLevel

# Bytes of packed input that one task splits, and that one part gets where --parts does not say it.
TASK_BYTES = 256 << 20
PART_BYTES = 128 << 20
# Text is about so many times as long as it is packed.
TEXT_GROWTH = 8
MOST_PARTS = 4096
# Bytes that go from Python to Spark at once.
BATCH_BYTES = 8 << 20
# Bytes that are read of a child at once.
PIECE = 8 << 20
# Files of facts that one process merges.
MERGED_AT_ONCE = 64
# Lines of facts that Spark hands over as one text.
LINES_A_TEXT = 50_000

# Exit codes of conntrail (docs/cli.md).
OK, FAULT, USAGE, INPUT, REJECTED, OUTPUT = 0, 1, 2, 3, 5, 6

# A row on its way: `slot` says where it goes, `kind` what it is.
BLOB, FACTS, ENDS, TROUBLE = "blob", "facts", "ends", "trouble"
MOVED = "slot int, kind string, payload binary"
LEARNED = f"{MOVED}, address string, port int, protocol int, answers boolean, peers bigint, asked boolean"

# What an end's line of a file of facts holds, in this order.
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

# What stands in a cell of Parquet, as Spark calls it; moments come in milliseconds and go in Spark's microseconds.
SPARK_TYPES = {
    pa.string(): "string",
    pa.bool_(): "boolean",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.timestamp("ms", tz="UTC"): "timestamp",
}
SPARK_MOMENT = pa.timestamp("us", tz="UTC")


class Refused(Exception):
    """What the driver ends with: a sentence and an exit code."""

    def __init__(self, code: int, says: str):
        super().__init__(says)
        self.code = code


class ConntrailFailed(Exception):
    """What a child ended with. The driver finds it again in whatever Spark makes of it, hence the form."""

    def __init__(self, code: int, says: str):
        super().__init__(f"[exit {code}] {says}")


FAILED = re.compile(r"ConntrailFailed: \[exit (\d+)\] (.*)")


class Job(NamedTuple):
    """What every task is told."""

    home: Optional[str]
    parts: int
    # The value of `slot` that takes a part to a task of its own.
    slots: Tuple[int, ...]
    # Folder that all inputs lie in, and those of them that were named as files.
    below: str
    named: Tuple[str, ...]
    compress: str
    reading: Tuple[str, ...]
    judging: Tuple[str, ...]
    keep_going: bool


# ---- One process ----


def command(home: Optional[str]) -> List[str]:
    """The program: below the folder that was named, or where Spark has unpacked the archive."""
    places = [home] if home else [SparkFiles.get("conntrail"), os.path.join(os.getcwd(), "conntrail")]
    for place in places:
        program = os.path.join(place, "dist", "cli", "main.js")
        if os.path.isfile(program):
            node = os.path.join(place, "bin", "node")
            return [node if os.path.isfile(node) else "node", program]
    raise ConntrailFailed(
        INPUT,
        f"conntrail: There is no conntrail in {' or '.join(places)} on a worker: "
        "submit with --archives conntrail.tgz#conntrail, or name its folder with --conntrail.",
    )


@contextlib.contextmanager
def task_folder() -> Iterator[str]:
    """A folder of this task alone, on a disk that Spark may fill; gone when the task ends."""
    disks = [disk for disk in os.environ.get("SPARK_LOCAL_DIRS", "").split(",") if os.path.isdir(disk)]
    with tempfile.TemporaryDirectory(prefix="conntrail-", dir=disks[0] if disks else None) as folder:
        yield folder


def start(args: Sequence[str], folder: str, **streams) -> subprocess.Popen:
    environment = {**os.environ, "TMPDIR": folder, "NO_COLOR": "1"}
    try:
        return subprocess.Popen(args, env=environment, **streams)
    except OSError as error:
        raise ConntrailFailed(FAULT, f"conntrail: Cannot run {args[0]} on a worker: {error.strerror}.") from error


def say_why(name: str, code: int, said: str) -> str:
    if said:
        return said
    if code < 0:
        return (
            f"conntrail: {name} was killed by signal {-code}. If it is the memory beside the JVM, "
            "raise spark.executor.memoryOverhead, or lower --memory."
        )
    return f"conntrail: {name} ended with exit code {code} and said nothing."


@contextlib.contextmanager
def conntrail(
    job: Job, folder: str, args: Sequence[str], allowed: Sequence[int] = (), cwd: Optional[str] = None, **streams
) -> Iterator[subprocess.Popen]:
    """A child that is over when the block is, one way or the other. @raise ConntrailFailed what it said"""
    with open(os.path.join(folder, "said"), "w+b") as said:
        child = start([*command(job.home), *args], folder, cwd=cwd or folder, stderr=said, **streams)
        try:
            # A child that has ended does not take what is still written to it: why it has ended counts.
            with contextlib.suppress(BrokenPipeError):
                yield child
                if child.stdin:
                    child.stdin.close()
            code = child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            for stream in (child.stdin, child.stdout):
                with contextlib.suppress(BrokenPipeError):
                    if stream:
                        stream.close()
        if code != OK and code not in allowed:
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").strip().splitlines()
            # The last line is the error's; what stands before it is of sources that were left out.
            raise ConntrailFailed(max(code, FAULT), say_why(args[0], code, lines[-1] if lines else ""))


# ---- Rows ----


def moved(rows: Sequence[Tuple[int, str, bytes]]) -> pa.RecordBatch:
    slots, kinds, payloads = zip(*rows)
    columns = [pa.array(slots, pa.int32()), pa.array(kinds, pa.string()), pa.array(payloads, pa.binary())]
    return pa.RecordBatch.from_arrays(columns, ["slot", "kind", "payload"])


def in_batches(rows: Iterable[Tuple[int, str, bytes]]) -> Iterator[pa.RecordBatch]:
    """Rows as Spark takes them, of some bytes at once."""
    held: List[Tuple[int, str, bytes]] = []
    size = 0
    for row in rows:
        held.append(row)
        size += len(row[2])
        if size >= BATCH_BYTES:
            yield moved(held)
            held, size = [], 0
    if held:
        yield moved(held)


def rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[Tuple[int, str, bytes]]:
    for batch in batches:
        slots, kinds, payloads = (batch.column(name).to_pylist() for name in ("slot", "kind", "payload"))
        yield from zip(slots, kinds, payloads)


# ---- split ----


def local_name(path: str) -> str:
    """The path of a file or an object without what stands before it: file:, s3a://."""
    return re.sub(r"^[a-z][a-z0-9+.-]*:(//(?=[^/]))?", "", path, flags=re.IGNORECASE)


def place(job: Job, tree: str, path: str, content: Optional[bytes]) -> str:
    """Puts a source below the task's folder, under the name that it has below the folder of all inputs."""
    name = local_name(path)[len(job.below) :]
    # Spark has left out what is hidden below the inputs. What is left are folders that were named: they are read.
    name = re.sub(r"(^|/)\.", r"\1_.", name)
    target = os.path.join(tree, name)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if content is None:
        os.symlink(local_name(path), target)
    else:
        with open(target, "wb") as file:
            file.write(content)
    return name


def frames(stream: io.BufferedReader) -> Iterator[Tuple[int, bytes]]:
    """What split writes to standard output: part and length, little endian, and so many bytes."""
    while head := stream.read(8):
        if len(head) < 8:
            return  # it has broken off, and its exit code says so
        part, length = struct.unpack("<II", head)
        yield part, stream.read(length)


def split(job: Job):
    """Sources to blobs of parts, and what was learned while they were read."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with task_folder() as folder:
            tree = os.path.join(folder, "input")
            os.mkdir(tree)
            named = []
            for batch in batches:
                paths = batch.column("path").to_pylist()
                contents = batch.column("content").to_pylist() if "content" in batch.schema.names else [None] * len(paths)
                for path, content in zip(paths, contents):
                    name = place(job, tree, path, content)
                    if local_name(path) in job.named:
                        named.append(name)
            if os.listdir(tree):
                yield from in_batches(rows_of_split(job, folder, tree, named))

    return task


def rows_of_split(job: Job, folder: str, tree: str, named: Sequence[str]) -> Iterator[Tuple[int, str, bytes]]:
    args = ["split", "-o", "-", "--parts", str(job.parts), "--compress", job.compress, *job.reading]
    allowed = [INPUT] if job.keep_going else []
    slot = job.slots[0]
    with conntrail(job, folder, [*args, "--", ".", *named], allowed, tree, stdout=subprocess.PIPE) as child:
        for part, content in frames(child.stdout):
            if part < job.parts:
                slot = job.slots[part]
                yield slot, BLOB, content
            else:
                yield slot, FACTS, content
    with open(os.path.join(folder, "said"), "rb") as said:
        for line in said.read().splitlines():
            yield slot, TROUBLE, line


# ---- learn ----


def learn(job: Job):
    """The blobs of a part to what its keys teach. What else comes is handed on."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with task_folder() as folder:
            passed = []
            facts = os.path.join(folder, "facts.jsonl")
            slot = None
            with contextlib.ExitStack() as children:
                child = None
                for row in rows_of(batches):
                    if row[1] != BLOB:
                        passed.append(row)
                        continue
                    if child is None:
                        slot = row[0]
                        args = ["learn", "-q", *job.judging, "-o", facts, "-"]
                        child = children.enter_context(conntrail(job, folder, args, stdin=subprocess.PIPE))
                    child.stdin.write(row[2])
            if slot is not None:
                rest = []
                for ends in read_ends(facts, rest):
                    yield learned(slot, ends)
                passed.append((slot, FACTS, without_ends(rest)))
            for batch in in_batches(passed):
                yield pa.RecordBatch.from_arrays(
                    [*batch.columns, *(pa.nulls(len(batch), field.type) for field in END_FIELDS)],
                    [*batch.schema.names, "address", *END_FIELDS.names[1:]],
                )

    return task


def read_ends(path: str, rest: List[bytes]) -> Iterator[pa.Table]:
    """Ends of a file of facts, many lines at once; the lines before and behind them go into `rest`."""
    form = pyarrow.json.ParseOptions(explicit_schema=END_FIELDS, unexpected_field_behavior="error")
    with open(path, "rb") as file:
        while lines := file.readlines(PIECE):
            # Ends stand together, so that almost always all lines are ends.
            ends = lines if lines[0].startswith(END_LINE) and lines[-1].startswith(END_LINE) else []
            if not ends:
                for line in lines:
                    (ends if line.startswith(END_LINE) else rest).append(line)
            if ends:
                text = b"".join(ends)
                whole = pyarrow.json.ReadOptions(use_threads=False, block_size=len(text))
                yield pyarrow.json.read_json(io.BytesIO(text), whole, form)


def learned(slot: int, ends: pa.Table) -> pa.RecordBatch:
    count = ends.num_rows
    columns = [
        pa.repeat(pa.scalar(slot, pa.int32()), count),
        pa.repeat(pa.scalar(ENDS), count),
        pa.nulls(count, pa.binary()),
        *(column.combine_chunks() for column in ends.columns),
    ]
    return pa.RecordBatch.from_arrays(
        columns, ["slot", "kind", "payload", "address", *END_FIELDS.names[1:]]
    )


def facts_file(lines: Sequence[bytes], ends: str, more: Sequence[bytes] = (), count: int = 0) -> bytes:
    """A file of facts from its lines: another word on its ends, further lines (so many), and the last line anew."""
    head = json.loads(lines[0])
    head["ends"] = ends
    first = json.dumps(head, separators=(",", ":"), ensure_ascii=False).encode()
    total = len(lines) - 1 + count
    last = json.dumps({"end_of_facts": True, "lines": total}, separators=(",", ":")).encode()
    return b"".join([first, b"\n", *lines[1:-1], *more, last, b"\n"])


def without_ends(lines: Sequence[bytes]) -> bytes:
    return facts_file(lines, "none")


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
                with conntrail(job, folder, ["learn", "--merge", "-q", "-o", "merged.jsonl", *files]):
                    pass
                with open(os.path.join(folder, "merged.jsonl"), "rb") as file:
                    yield moved([(slot, FACTS, file.read())])

    return task


# ---- judge ----


def judge(job: Job, facts: bytes, columns: pa.Schema, args: Sequence[str]):
    """What all teach, the ends that a part asks for, and its blobs, in this order, to its connections."""
    whole = facts.splitlines(keepends=True)

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with task_folder() as folder:
            known, rows = (os.path.join(folder, name) for name in ("facts.jsonl", "rows.parquet"))
            ends: List[bytes] = []
            with contextlib.ExitStack() as children:
                child = None
                for _, kind, payload in rows_of(batches):
                    if kind == ENDS:
                        ends.append(payload)
                        continue
                    if child is None:
                        count = sum(text.count(b"\n") for text in ends)
                        with open(known, "wb") as file:
                            file.write(facts_file(whole, "complete", ends, count))
                        ends.clear()
                        words = ["connections", "-q", "--facts", known, "-f", "parquet", "-o", rows, *job.judging, *args]
                        child = children.enter_context(conntrail(job, folder, [*words, "-"], stdin=subprocess.PIPE))
                    child.stdin.write(payload)
            if child is not None:
                with pyarrow.parquet.ParquetFile(rows) as file:
                    for batch in file.iter_batches():
                        yield as_spark_takes_it(batch, columns)

    return task


def as_spark_takes_it(batch: pa.RecordBatch, columns: pa.Schema) -> pa.RecordBatch:
    """Moments in microseconds; all else stays as it is."""
    cells = [
        batch.column(name).cast(SPARK_MOMENT) if pa.types.is_timestamp(batch.schema.field(name).type) else batch.column(name)
        for name in columns.names
    ]
    return pa.RecordBatch.from_arrays(cells, columns.names)


# ---- The driver ----


def probe(home: Optional[str], args: Sequence[str]):
    """What a worker has: whether conntrail runs there, whether its Node.js knows zstd, and the columns of its rows."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            pass
        job = Job(home, 1, (0,), "", (), "gzip", (), (), False)
        with task_folder() as folder:
            node = command(home)[0]
            asked = start([node, "-p", "typeof zlib.createZstdCompress"], folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            told, said = (text.decode("utf-8", "replace").strip() for text in asked.communicate())
            if asked.returncode != 0:
                # Of the loader, as: /lib64/libc.so.6: version `GLIBC_2.28' not found (required by node)
                raise ConntrailFailed(FAULT, f"conntrail: {node} does not run on a worker: {said.splitlines()[0] if said else asked.returncode}.")
            empty = os.path.join(folder, "empty.parquet")
            with conntrail(job, folder, ["connections", "-q", "-f", "parquet", "-o", empty, *args, "-"], stdin=subprocess.DEVNULL):
                pass
            columns = pyarrow.parquet.read_schema(empty)
            yield pa.RecordBatch.from_arrays(
                [pa.array([told == "function"]), pa.array([columns.serialize().to_pybytes()], pa.binary())], ["zstd", "columns"]
            )

    return task


def rows_at_once(spark: SparkSession, count: int) -> None:
    """How many rows Spark hands to Python at once in what is planned from here on; one of ours may be large."""
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(count))


def slots_for(spark: SparkSession, parts: int) -> Tuple[int, ...]:
    """For each part a number that Spark's hash takes to a partition of its own."""
    numbers = spark.range(0, 32 * parts).selectExpr("cast(id as int) as slot").selectExpr(
        "slot", f"pmod(hash(slot), {parts}) as part"
    )
    found = {row.part: row.slot for row in numbers.groupBy("part").agg(F.min("slot").alias("slot")).collect()}
    return tuple(found.get(part, part) for part in range(parts))


def sources_in(spark: SparkSession, paths: Sequence[str]) -> DataFrame:
    return spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(list(paths))


PACKED = r"(?i)\.(gz|zst|parquet)$"


class Found(NamedTuple):
    files: int
    # As many as they would have if all were packed.
    bytes: int
    is_local: bool
    below: str


def look_at(sources: DataFrame, paths: Sequence[str]) -> Found:
    size = F.when(F.col("path").rlike(PACKED), F.col("length")).otherwise(F.col("length") / TEXT_GROWTH)
    seen = sources.agg(
        F.count("*").alias("files"),
        F.coalesce(F.sum(size), F.lit(0)).cast("bigint").alias("bytes"),
        F.coalesce(F.min(F.col("path").startswith("file:")), F.lit(True)).alias("is_local"),
        F.min("path").alias("least"),
        F.max("path").alias("most"),
    ).first()
    if seen.files == 0:
        raise Refused(INPUT, f"There is no file in {' or '.join(paths)}.")
    # What the first and the last in order have in common, all have.
    common = os.path.commonprefix([local_name(seen.least), local_name(seen.most)])
    return Found(seen.files, seen.bytes, seen.is_local, common[: common.rfind("/") + 1])


def parts_for(packed_bytes: int) -> int:
    return min(MOST_PARTS, max(1, -(-packed_bytes // PART_BYTES)))


def rebuild(spark: SparkSession, options: argparse.Namespace) -> str:
    """The whole story; gives the last line."""
    sources = sources_in(spark, options.input)
    found = look_at(sources, options.input)
    asked = ["--columns", options.columns] if options.columns else []
    rows_at_once(spark, 1)
    worker = spark.range(1).repartition(1).mapInArrow(probe(options.conntrail, asked), "zstd boolean, columns binary").first()
    columns = pa.ipc.read_schema(pa.py_buffer(worker.columns))

    parts = options.parts or parts_for(found.bytes)
    reading, judging = child_options(options)
    job = Job(
        home=options.conntrail,
        parts=parts,
        slots=slots_for(spark, parts),
        below=found.below,
        named=tuple(local_name(path) for path in options.input),
        compress="zstd" if worker.zstd else "gzip",
        reading=reading,
        judging=judging,
        keep_going=options.keep_going,
    )

    # Of a file that every worker can open, only the name is handed on; of an object all of it, one at a time.
    wanted = sources.select("path") if found.is_local else sources.select("path", "content")
    rows_at_once(spark, 10_000 if found.is_local else 1)
    shared = wanted.mapInArrow(split(job), MOVED).repartition(parts, "slot").persist(StorageLevel.DISK_ONLY)

    rows_at_once(spark, 16)
    taught = shared.mapInArrow(learn(job), LEARNED).persist(StorageLevel.DISK_ONLY)
    counts = {row.kind: row for row in taught.groupBy("kind").agg(
        F.count("*").alias("rows"), F.sum(F.col("asked").cast("int")).alias("asked")).collect()}
    for row in taught.where(F.col("kind") == TROUBLE).select("payload").collect():
        say(row.payload.decode("utf-8", "replace"))

    facts = merged_facts(taught, job, counts[FACTS].rows)
    ends = asked_ends(taught, counts[ENDS].asked or 0 if ENDS in counts else 0, parts)
    blobs = shared.where(F.col("kind") == BLOB)
    # Facts before blobs: a child knows everything before its first record.
    told = blobs.union(ends).repartition(parts, "slot").sortWithinPartitions(F.col("kind").desc())
    form = ", ".join(f"`{field.name}` {SPARK_TYPES[field.type]}" for field in columns)
    rows = told.mapInArrow(judge(job, facts, columns, asked), form)
    rows.write.mode("overwrite" if options.overwrite else "errorifexists").parquet(options.output)
    return f"{found.files} files, {parts} parts: {options.output}"


def merged_facts(taught: DataFrame, job: Job, files: int) -> bytes:
    """What all teach but of ends, as one file: merged as a tree."""
    facts = taught.where(F.col("kind") == FACTS).select("slot", "kind", "payload")
    while True:
        files = -(-files // MERGED_AT_ONCE)
        facts = facts.repartition(files).mapInArrow(merge(job), MOVED)
        if files == 1:
            return bytes(facts.first().payload)


def asked_ends(taught: DataFrame, asked: int, parts: int) -> DataFrame:
    """What is known of each end over all parts, as lines of a file of facts, for each part that may ask for it."""
    ends = (
        taught.where(F.col("kind") == ENDS)
        .groupBy("address", "port", "protocol")
        .agg(
            F.max("answers").alias("answers"),
            F.sum("peers").alias("peers"),
            F.collect_list(F.when(F.col("asked"), F.col("slot"))).alias("slots"),
        )
    )
    line = F.concat(
        F.lit('{"end":"'), F.col("address"),
        F.lit('","port":'), F.col("port"),
        F.lit(',"protocol":'), F.col("protocol"),
        F.lit(',"answers":'), F.col("answers"),
        F.lit(',"peers":'), F.col("peers"),
        F.lit(',"asked":true}\n'),
    )  # fmt: skip
    texts = max(1, asked // (parts * LINES_A_TEXT))
    return (
        ends.select(F.explode("slots").alias("slot"), F.pmod(F.hash("address", "port"), F.lit(texts)).alias("text"), line.alias("line"))
        .groupBy("slot", "text")
        .agg(F.array_join(F.array_sort(F.collect_list("line")), "").alias("lines"))
        .select("slot", F.lit(ENDS).alias("kind"), F.col("lines").cast("binary").alias("payload"))
    )


def child_options(options: argparse.Namespace) -> Tuple[Tuple[str, ...], Tuple[str, ...]]:
    """Options of split, and of what comes behind it."""
    reading = ["--threads", "1"]
    judging = ["--threads", "1", "--memory", options.memory]
    if options.fields:
        reading += ["--fields", options.fields]
    if options.keep_going:
        reading.append("--keep-going")
    if options.strict:
        reading.append("--strict")
    for name in ("scope", "idle"):
        value = getattr(options, name)
        if value:
            judging += [f"--{name}", value]
            reading += [f"--{name}", value]
    return tuple(reading), tuple(judging)


def say(line: str) -> None:
    print(line, file=sys.stderr)


def parse(args: Optional[Sequence[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="conntrail_spark.py", description=__doc__.splitlines()[0])
    parser.add_argument("input", nargs="+", metavar="IN", help="folders, files and patterns, as Spark takes them: paths, s3a://, hdfs://")
    parser.add_argument("output", metavar="OUT", help="the folder that Spark writes Parquet to")
    parser.add_argument("--parts", type=int, help="parts that keys are shared out to, 1 to 4096 (default: one for each 128 MB of packed input)")
    parser.add_argument("--overwrite", action="store_true", help="write over OUT")
    parser.add_argument("--conntrail", metavar="DIR", help="the folder of conntrail on every worker (default: what --archives conntrail.tgz#conntrail unpacks)")
    parser.add_argument("--memory", default="256M", help="what records of one part may take of memory (default: 256M)")
    for name in ("fields", "scope", "idle", "columns"):
        parser.add_argument(f"--{name}", help="as conntrail has it")
    for name in ("observed-only", "strict", "keep-going"):
        parser.add_argument(f"--{name}", action="store_true", help="as conntrail has it")
    return parser.parse_args(args)


def main(args: Optional[Sequence[str]] = None) -> int:
    options = parse(args)
    spark = (
        SparkSession.builder.appName("conntrail")
        .config("spark.sql.files.maxPartitionBytes", TASK_BYTES)
        .config("spark.sql.files.openCostInBytes", 64 << 10)
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MILLIS")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    try:
        say(rebuild(spark, options))
        return OK
    except Refused as refused:
        say(f"conntrail: {refused}")
        return refused.code
    finally:
        spark.stop()


if __name__ == "__main__":
    sys.exit(main())

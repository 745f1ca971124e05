#include "db/ledger_schema.h"

#include <array>

namespace batchmill::db {

namespace {

// Columns that are zero in the usual success take no space in SQLite's records: hence `missing`
// instead of succeeded, and times after `origin_us` instead of since 1970. The view gives the
// plain figures back.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE attempts (
  seq INTEGER PRIMARY KEY,
  mini_batch INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  number INTEGER NOT NULL,
  node INTEGER NOT NULL,
  process INTEGER NOT NULL,
  state INTEGER NOT NULL,
  total INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  spool INTEGER NOT NULL,
  spool_offset INTEGER NOT NULL,
  spool_length INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  started INTEGER NOT NULL,
  elapsed_us INTEGER NOT NULL,
  run_us INTEGER NOT NULL,
  cpu_us INTEGER NOT NULL,
  peak_rss_kib INTEGER NOT NULL
);
CREATE TABLE attempt_errors (seq INTEGER PRIMARY KEY, text INTEGER NOT NULL, own TEXT NOT NULL);
CREATE TABLE error_texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE step (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  lease_high_water INTEGER NOT NULL,
  origin_us INTEGER NOT NULL,
  plan_records INTEGER NOT NULL,
  plan_mini_batches INTEGER NOT NULL,
  plan_hash INTEGER NOT NULL,
  plan_complete INTEGER NOT NULL
);
INSERT INTO step VALUES (1, 0, 0, 0, 0, 0, 0);
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE VIEW readable_attempts AS SELECT
  seq, mini_batch, epoch, number, node, process,
  CASE state & 15 WHEN 0 THEN 'RUN_DONE' WHEN 1 THEN 'RUN_EXCEPTION' WHEN 2 THEN 'RUN_TIMEOUT'
    WHEN 3 THEN 'RUN_SHORT' WHEN 4 THEN 'LOAD_EXCEPTION' WHEN 5 THEN 'LOAD_TIMEOUT'
    WHEN 6 THEN 'PROCESS_CRASHED' WHEN 7 THEN 'NODE_LOST' WHEN 8 THEN 'CANCELED' END AS status,
  state >> 4 & 1 AS final, state >> 5 & 1 AS rows_count, state >> 6 & 1 AS forgotten,
  total, total - missing AS succeeded, spool, spool_offset, spool_length, rows,
  crc & 0xFFFFFFFF AS crc, started + (SELECT origin_us FROM step) AS started_us,
  elapsed_us, run_us, cpu_us, peak_rss_kib,
  (SELECT text FROM error_texts WHERE id = e.text) AS error, e.own AS error_own
FROM attempts LEFT JOIN attempt_errors AS e USING (seq);
)sql";

// New columns come last: they are zero in the usual success and take one byte each.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE attempts ADD COLUMN part_first INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN part_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN code INTEGER NOT NULL DEFAULT 0;
CREATE TABLE codes (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE);
INSERT INTO codes VALUES (0, '');
DROP VIEW readable_attempts;
CREATE VIEW readable_attempts AS SELECT
  seq, mini_batch, part_first, part_count, epoch, number, node, process,
  CASE state & 15 WHEN 0 THEN 'RUN_DONE' WHEN 1 THEN 'RUN_EXCEPTION' WHEN 2 THEN 'RUN_TIMEOUT'
    WHEN 3 THEN 'RUN_SHORT' WHEN 4 THEN 'LOAD_EXCEPTION' WHEN 5 THEN 'LOAD_TIMEOUT'
    WHEN 6 THEN 'PROCESS_CRASHED' WHEN 7 THEN 'NODE_LOST' WHEN 8 THEN 'CANCELED' END AS status,
  state >> 4 & 1 AS final, state >> 5 & 1 AS rows_count, state >> 6 & 1 AS forgotten,
  state >> 7 & 1 AS split,
  total, total - missing AS succeeded, spool, spool_offset, spool_length, rows,
  crc & 0xFFFFFFFF AS crc, started + (SELECT origin_us FROM step) AS started_us,
  elapsed_us, run_us, cpu_us, peak_rss_kib,
  (SELECT hash FROM codes WHERE id = code) AS code,
  (SELECT text FROM error_texts WHERE id = e.text) AS error, e.own AS error_own
FROM attempts LEFT JOIN attempt_errors AS e USING (seq);
)sql";

constexpr std::array<const char*, 2> kMigrations = {kVersion1, kVersion2};

}  // namespace

const SchemaKind kLedgerSchema = {"ledger", 0x424D4C31, kMigrations, 1};  // "BML1"

}  // namespace batchmill::db

#include "db/job_schema.h"

#include <array>

namespace batchmill::db {

namespace {

constexpr const char* kJobVersion1 = R"sql(
CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  experiment_name TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  started_us INTEGER NOT NULL,
  ended_us INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  error TEXT NOT NULL,
  plan TEXT NOT NULL,
  source_text TEXT NOT NULL,
  source_path TEXT NOT NULL,
  lives INTEGER NOT NULL
);
CREATE TABLE labels (
  kind TEXT NOT NULL CHECK (kind IN ('tag', 'property')),
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE steps (
  position INTEGER PRIMARY KEY,
  step TEXT NOT NULL UNIQUE,
  job_name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  started_us INTEGER NOT NULL,
  ended_us INTEGER NOT NULL,
  error TEXT NOT NULL,
  settings TEXT NOT NULL
);
CREATE TABLE step_outputs (
  step TEXT NOT NULL,
  output TEXT NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY (step, output)
) WITHOUT ROWID;
CREATE TABLE notices (position INTEGER PRIMARY KEY, key TEXT UNIQUE, text TEXT NOT NULL);
)sql";

constexpr const char* kJobVersion2 =
    "ALTER TABLE steps ADD COLUMN reused_from TEXT NOT NULL DEFAULT '';";

constexpr const char* kIndexVersion1 = R"sql(
CREATE TABLE jobs (
  position INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  experiment_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  compute TEXT NOT NULL,
  archived INTEGER NOT NULL
);
CREATE INDEX jobs_newest ON jobs (created_us DESC, position DESC);
)sql";

constexpr std::array<const char*, 2> kJobMigrations = {kJobVersion1, kJobVersion2};
constexpr std::array<const char*, 1> kIndexMigrations = {kIndexVersion1};

}  // namespace

const SchemaKind kJobSchema = {"job database", 0x424D4A31, kJobMigrations, 1};  // "BMJ1"
const SchemaKind kIndexSchema = {"job index", 0x424D4931, kIndexMigrations};    // "BMI1"

}  // namespace batchmill::db

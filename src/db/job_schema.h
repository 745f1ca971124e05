#pragma once

#include "db/schema.h"

namespace batchmill::db {

// docs/formats/job-db.md explains both.
extern const SchemaKind kJobSchema;    // job.db
extern const SchemaKind kIndexSchema;  // batchmill.db

}  // namespace batchmill::db

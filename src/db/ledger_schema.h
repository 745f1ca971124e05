#pragma once

#include "db/schema.h"

namespace batchmill::db {

// Tables of a step's ledger; docs/formats/ledger.md explains every column.
extern const SchemaKind kLedgerSchema;

}  // namespace batchmill::db

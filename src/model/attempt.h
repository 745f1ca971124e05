#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "model/ids.h"

// One try of one mini-batch, and everything that the reports say of it
// (parallel-job.md 5.1 and 7.3).
namespace batchmill {

// Names are stable: they stand in the ledger and in processed_mini-batches.csv.
// Only kRunDone is success.
enum class AttemptStatus : std::uint8_t {
  kRunDone = 0,
  kRunException = 1,
  kRunTimeout = 2,
  kRunShort = 3,  // fewer results than inputs while the count check is on
  kLoadException = 4,
  kLoadTimeout = 5,
  kProcessCrashed = 6,
  kNodeLost = 7,
  kCanceled = 8,
};

const char* status_name(AttemptStatus status);  // "RUN_DONE", ...

// Where the returned rows of an attempt lie: bytes [offset, offset + length) of a spool.
struct SpoolExtent {
  SpoolId spool;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::uint32_t rows = 0;
  std::uint32_t crc = 0;  // crc32 of the bytes
};

// Items of a mini-batch by position: [first, first + count). A mini-batch that was bisected is
// tried in parts; everything else is tried as a whole, which is {0, 0}.
struct ItemRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  bool is_whole() const { return count == 0; }
  auto operator<=>(const ItemRange&) const = default;
};

// Attempt identity: (mini-batch, part of it, epoch of the lease, number of the try of that part).
struct AttemptId {
  MiniBatchId mini_batch;
  Epoch epoch;
  std::uint16_t number = 1;  // 1-based try of this part; the report's Picked Count
  ItemRange part;
  auto operator<=>(const AttemptId&) const = default;
};

// What a worker (or, for a dead worker, its agent) says about an attempt that ended.
struct Outcome {
  AttemptStatus status = AttemptStatus::kRunDone;
  std::uint32_t total = 0;      // items given: files or rows
  std::uint32_t succeeded = 0;  // items returned, not clamped
  SpoolExtent rows;             // length 0 when nothing was returned
  WallTime started;             // start of loading
  Duration elapsed{};           // loading, run() and writing rows
  Duration run{};               // run() alone
  Duration cpu{};               // user + system of the process meanwhile
  std::uint64_t peak_rss_kib = 0;
  std::string
      error;  // JSON of runlog's error record (docs/formats/error-record.md); empty on success
};

// One row of the ledger. `final`: no further try follows, whatever the status.
// `rows_count`: the rows belong to the aggregated file (kRunDone, or the last kRunShort).
// `forgotten`: of a mini-batch that had finally failed before `job resume` gave it fresh tries;
// such a record counts for nothing but the reports, and its try is none of the fresh ones.
// `split`: the tries of this range were used up, and it was cut in two (bisect); `final` is false,
// its halves follow. A mini-batch whose parts are all final is finished; it succeeded when all of
// them did.
struct AttemptRecord {
  AttemptId id;
  WorkerId worker;
  Outcome outcome;
  bool final = true;
  bool rows_count = true;
  bool forgotten = false;
  bool split = false;
  std::uint32_t code = 0;  // index into Ledger::codes(): the code that ran; filled in on reading
};

}  // namespace batchmill

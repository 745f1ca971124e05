#pragma once

#include <string_view>

#include "db/sqlite.h"
#include "model/attempt.h"

// An AttemptRecord as a row of the table `attempts`.
namespace batchmill::db {

inline constexpr std::string_view kInsertAttempt =
    "INSERT INTO attempts (mini_batch, epoch, number, node, process, state, total, missing, spool,"
    " spool_offset, spool_length, rows, crc, started, elapsed_us, run_us, cpu_us, peak_rss_kib,"
    " part_first, part_count, code)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21)";

// In commit order.
inline constexpr std::string_view kSelectAttempts =
    "SELECT mini_batch, epoch, number, node, process, state, total, missing, spool,"
    " spool_offset, spool_length, rows, crc, started, elapsed_us, run_us, cpu_us, peak_rss_kib,"
    " part_first, part_count, code, seq FROM attempts ORDER BY seq";
// The same of a file of version 1.
inline constexpr std::string_view kSelectAttemptsOfVersion1 =
    "SELECT mini_batch, epoch, number, node, process, state, total, missing, spool,"
    " spool_offset, spool_length, rows, crc, started, elapsed_us, run_us, cpu_us, peak_rss_kib,"
    " 0, 0, 0, seq FROM attempts ORDER BY seq";
inline constexpr int kSeqColumn = 21;

// Bits of the column `state`.
inline constexpr std::int64_t kStatusBits = 15, kFinalBit = 16, kRowsBit = 32, kForgottenBit = 64,
                              kSplitBit = 128;

// Times go to whole microseconds. `origin` is the ledger's: the start of its first attempt.
// `code` is the id in the table `codes`, whatever the record says.
void bind_attempt(Statement& insert, const AttemptRecord& record, WallTime origin,
                  std::int64_t code);
// Leaves the error text alone.
void read_attempt(const Statement& row, WallTime origin, AttemptRecord& record);

}  // namespace batchmill::db

#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/versions.h"

// The shared memory between a worker and its agent: a memfd that both map (design.md section 5;
// docs/formats/worker-board.md). It answers, at any moment and after the worker's death: what runs
// or loads and since when, what has finished, how far the worker may go.
//
// Little-endian, naturally aligned. Each word has one writer, named below. The worker fills a ring
// entry completely before it raises `finished`; the agent frees an entry by raising `consumed`.
//
// Leases are numbered per worker from 1 in the order in which the agent sent them ("ticket").
namespace batchmill::board {

constexpr std::uint64_t kMagic = 0x31304452414f4d42;  // "BMOARD01"
constexpr std::size_t kHeaderBytes = 4096;
constexpr std::size_t kEntryBytes = 128;
constexpr std::uint32_t kRingEntries = 1024;  // more than the largest lease window
constexpr std::size_t kBoardBytes = kHeaderBytes + kEntryBytes * kRingEntries;

struct Slot {
  std::uint64_t ticket;   // 0: nothing
  std::int64_t start_ns;  // CLOCK_MONOTONIC
};

struct Header {
  std::uint64_t magic;         // agent
  std::uint32_t version;       // agent
  std::uint32_t ring_entries;  // agent
  // The worker starts a lease only while its ticket <= ticket_limit.
  std::uint64_t ticket_limit;   // agent, offset 16
  std::uint64_t consumed;       // agent, offset 24: results taken from the ring
  std::uint64_t wake_wanted;    // agent, offset 32: 1 = a wake-up is wanted after the next result
  std::uint64_t finished;       // worker, offset 40: results ever put into the ring
  std::uint64_t started;        // worker, offset 48: highest ticket whose loading has begun
  std::uint64_t refused;        // worker, offset 56: highest ticket skipped because of ticket_limit
  Slot running;                 // worker, offset 64: inside run()
  Slot loading;                 // worker, offset 80: being loaded (may overlap with running)
  std::uint64_t running_items;  // worker, offset 96: items of the running lease where the plan does
                                // not tell them (rows); 0: not told
};
static_assert(offsetof(Header, ticket_limit) == 16);
static_assert(offsetof(Header, running) == 64);
static_assert(offsetof(Header, loading) == 80);
static_assert(offsetof(Header, running_items) == 96);

// Entry i of the ring is result number i (mod ring_entries), counted from 0.
struct Entry {
  std::uint64_t ticket;        // 0
  std::uint32_t status;        // 8   AttemptStatus
  std::uint32_t has_error;     // 12  1: an "error" message with this ticket was sent before
  std::uint32_t total;         // 16
  std::uint32_t succeeded;     // 20
  std::uint32_t rows;          // 24
  std::uint32_t crc;           // 28
  std::uint64_t spool_offset;  // 32
  std::uint64_t spool_length;  // 40
  std::int64_t started_us;     // 48  wall time, start of loading
  std::uint64_t elapsed_us;    // 56
  std::uint64_t run_us;        // 64
  std::uint64_t cpu_us;        // 72
  std::uint64_t peak_rss_kib;  // 80
  std::uint8_t reserved[40];
};
static_assert(sizeof(Entry) == kEntryBytes);

}  // namespace batchmill::board

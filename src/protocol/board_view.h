#pragma once

#include <atomic>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>

#include "protocol/worker_board.h"

namespace batchmill::board {

// The agent's view of a mapped board: every shared word goes through here, with the ordering that
// the format asks for. The memory must be kBoardBytes long, 8-byte aligned, and outlive the view.
// A worker that scribbles over its board can make these answers wrong, never unsafe.
class AgentView {
 public:
  explicit AgentView(std::span<std::byte> memory) : memory_(memory) {}

  // Prepares zeroed memory for a worker.
  void format() {
    header().magic = kMagic;
    header().version = kBoardVersion;
    header().ring_entries = kRingEntries;
  }

  // A full barrier: what is read afterwards is at least as new as what the worker saw before it
  // could see this limit.
  void set_ticket_limit(std::uint64_t ticket) {
    word(header().ticket_limit).store(ticket, std::memory_order_seq_cst);
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
  void set_wake_wanted(bool wanted) {
    word(header().wake_wanted).store(wanted ? 1 : 0, std::memory_order_release);
  }
  std::uint64_t finished() { return word(header().finished).load(std::memory_order_acquire); }
  std::uint64_t started() { return word(header().started).load(std::memory_order_seq_cst); }
  std::uint64_t refused() { return word(header().refused).load(std::memory_order_acquire); }

  // A slot whose ticket did not change while its start was read; ticket 0 when nothing is in it.
  Slot running() { return read(header().running); }
  Slot loading() { return read(header().loading); }
  // Items of the lease in `running`, if that is `ticket` and the worker told them; else 0.
  std::uint64_t running_items(std::uint64_t ticket) {
    const std::uint64_t items = word(header().running_items).load(std::memory_order_acquire);
    return ticket != 0 && running().ticket == ticket ? items : 0;
  }

  // Takes the next result out of the ring, which frees its entry.
  std::optional<Entry> take() {
    if (consumed_ == finished()) return std::nullopt;
    Entry entry;
    std::memcpy(&entry, memory_.data() + kHeaderBytes + consumed_ % kRingEntries * kEntryBytes,
                sizeof entry);
    ++consumed_;
    word(header().consumed).store(consumed_, std::memory_order_release);
    return entry;
  }
  // More results than the ring can hold: the worker has broken the format.
  bool is_broken() { return finished() - consumed_ > kRingEntries; }

 private:
  Header& header() { return *reinterpret_cast<Header*>(memory_.data()); }
  static std::atomic_ref<std::uint64_t> word(std::uint64_t& value) {
    return std::atomic_ref<std::uint64_t>(value);
  }
  static Slot read(Slot& slot) {
    while (true) {
      const std::uint64_t ticket = word(slot.ticket).load(std::memory_order_acquire);
      if (ticket == 0) return Slot{};
      const std::int64_t start =
          std::atomic_ref<std::int64_t>(slot.start_ns).load(std::memory_order_acquire);
      if (word(slot.ticket).load(std::memory_order_acquire) == ticket) return Slot{ticket, start};
    }
  }

  std::span<std::byte> memory_;
  std::uint64_t consumed_ = 0;
};

}  // namespace batchmill::board

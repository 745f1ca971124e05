#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/agent_parts.h"

namespace batchmill::agent {

// Results of one worker on their way to the leader: they leave in order, and only when their rows
// are durable (I-1). While a sync runs, later results gather behind it, so syncs never queue up.
class DurableResults {
 public:
  // `emit` gets what may be reported.
  DurableResults(SpoolSync& spools, std::string spool_path,
                 std::function<void(std::vector<protocol::AttemptResult>&&)> emit);
  ~DurableResults();
  DurableResults(const DurableResults&) = delete;
  DurableResults& operator=(const DurableResults&) = delete;

  void add(protocol::AttemptResult&& result) { gathered_.push_back(std::move(result)); }
  // Sends on what was added; call after each look at the board.
  void flush();
  // Calls `done` once, when everything added so far has been emitted (perhaps at once).
  void when_empty(std::function<void()> done);
  // What was added and not emitted yet.
  template <typename Visit>
  void for_each_pending(const Visit& visit) const {
    for (const auto& result : syncing_) visit(result);
    for (const auto& result : gathered_) visit(result);
  }

 private:
  void synced(const Result<void>& outcome);
  void tell_empty();

  SpoolSync& spools_;
  std::string spool_path_;
  std::function<void(std::vector<protocol::AttemptResult>&&)> emit_;
  std::vector<protocol::AttemptResult> gathered_;
  std::vector<protocol::AttemptResult> syncing_;
  std::function<void()> when_empty_;
  std::shared_ptr<DurableResults*> self_;  // lets an answer find out that this is gone
};

}  // namespace batchmill::agent

#include "agent/outbox.h"

#include <algorithm>
#include <utility>

namespace batchmill::agent {

const protocol::ToLeader& Outbox::put(protocol::ToLeader&& message) {
  message.set_sequence(++last_);
  return kept_.emplace_back(std::move(message));
}

void Outbox::acknowledge(std::uint64_t sequence) {
  while (!kept_.empty() && kept_.front().sequence() <= sequence) kept_.pop_front();
}

std::uint64_t Outbox::first_unacknowledged() const {
  return kept_.empty() ? last_ + 1 : kept_.front().sequence();
}

bool Outbox::keeps_outcomes() const {
  return std::any_of(kept_.begin(), kept_.end(), [](const protocol::ToLeader& message) {
    return message.has_results() || message.has_command_exited();
  });
}

}  // namespace batchmill::agent

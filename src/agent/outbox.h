#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "protocol/channel.pb.h"

namespace batchmill::agent {

// Messages to the leader that it has not made durable yet: numbered 1, 2, ..., kept until they are
// acknowledged, sent again on every new connection. Pure.
class Outbox {
 public:
  // Numbers the message and keeps it.
  const protocol::ToLeader& put(protocol::ToLeader&& message);
  void acknowledge(std::uint64_t sequence);  // drops everything up to it
  std::uint64_t first_unacknowledged() const;
  const std::deque<protocol::ToLeader>& kept() const { return kept_; }
  // Keeps what nobody else knows: results of attempts, or how a command ended.
  bool keeps_outcomes() const;

 private:
  std::deque<protocol::ToLeader> kept_;
  std::uint64_t last_ = 0;
};

}  // namespace batchmill::agent

#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/time.h"
#include "compute/asio_channel.h"
#include "model/attempt.h"
#include "os/asio_loop.h"

namespace batchmill::agent {

// A leader for tests of the agent: sends what a test wants, and writes down what it is told.
class FakeLeader {
 public:
  FakeLeader(AsioLoop& loop, std::string socket_path, std::uint32_t epoch)
      : listener_(loop.context()), epoch_(epoch) {
    const auto listening = listener_.listen(socket_path, [this](std::unique_ptr<Channel> channel) {
      channel_ = std::move(channel);
      Channel::Handlers handlers;
      handlers.on_to_leader = [this](protocol::ToLeader&& message) { take(std::move(message)); };
      handlers.on_closed = [this](const Error&) { disconnected = true; };
      channel_->start(std::move(handlers));
    });
    EXPECT_TRUE(listening) << listening.error().message;
  }

  protocol::ToAgent order() const {
    protocol::ToAgent message;
    message.set_epoch(epoch_);
    return message;
  }
  void send(const protocol::ToAgent& message) { channel_->send(message); }

  void start_worker(const protocol::StartWorker& start) {
    auto message = order();
    *message.mutable_start_worker() = start;
    send(message);
  }
  void lease(std::uint64_t first, std::uint32_t count, std::uint32_t attempt = 1,
             std::uint32_t process = 0) {
    auto message = order();
    auto& lease = *message.mutable_lease();
    lease.set_step("score");
    lease.set_process(process);
    lease.set_planned(first + count);
    auto& range = *lease.add_ranges();
    range.set_first(first);
    range.set_count(count);
    range.set_attempt(attempt);
    send(message);
  }
  void lease_part(std::uint64_t mini_batch, ItemRange part, std::uint32_t attempt = 1) {
    auto message = order();
    auto& lease = *message.mutable_lease();
    lease.set_step("score");
    lease.set_planned(mini_batch + 1);
    auto& range = *lease.add_ranges();
    range.set_first(mini_batch);
    range.set_count(1);
    range.set_attempt(attempt);
    range.set_part_first(part.first);
    range.set_part_count(part.count);
    send(message);
  }
  void revoke(std::uint32_t keep) {
    auto message = order();
    message.mutable_revoke()->set_step("score");
    message.mutable_revoke()->set_keep(keep);
    send(message);
  }
  void kill_attempt(std::uint64_t mini_batch, ItemRange part = {}) {
    auto message = order();
    auto& kill = *message.mutable_kill_attempt();
    kill.set_step("score");
    kill.set_mini_batch(mini_batch);
    kill.set_part_first(part.first);
    kill.set_part_count(part.count);
    kill.set_status(static_cast<std::uint32_t>(AttemptStatus::kCanceled));
    send(message);
  }
  void watch_resources(const std::string& log_folder, Duration interval) {
    auto message = order();
    auto& watch = *message.mutable_watch_resources();
    watch.set_step("score");
    watch.set_log_folder(log_folder);
    watch.set_interval_ns(interval.count());
    send(message);
  }
  void stop_worker(bool graceful, Duration grace = std::chrono::seconds(20)) {
    auto message = order();
    auto& stop = *message.mutable_stop_worker();
    stop.set_step("score");
    stop.set_graceful(graceful);
    stop.set_grace_ns(grace.count());
    send(message);
  }
  void acknowledge(std::uint64_t sequence) {
    auto message = order();
    message.mutable_acknowledge()->set_sequence(sequence);
    send(message);
  }
  void goodbye() {
    auto message = order();
    message.mutable_goodbye();
    send(message);
  }

  std::vector<protocol::AttemptResult> results() const {
    std::vector<protocol::AttemptResult> all;
    for (const auto& message : received) {
      all.insert(all.end(), message.results().attempts().begin(),
                 message.results().attempts().end());
    }
    return all;
  }
  std::set<std::uint64_t> finished() const {
    std::set<std::uint64_t> ids;
    for (const auto& result : results()) {
      EXPECT_TRUE(ids.insert(result.mini_batch()).second) << "twice: " << result.mini_batch();
    }
    return ids;
  }
  std::set<std::uint64_t> returned() const {
    std::set<std::uint64_t> ids;
    for (const auto& message : received) {
      for (const auto& range : message.leases_returned().ranges()) {
        for (std::uint64_t i = 0; i < range.count(); ++i) {
          EXPECT_TRUE(ids.insert(range.first() + i).second) << "twice: " << range.first() + i;
        }
      }
    }
    return ids;
  }
  // The first message with this body; a default one when there is none.
  protocol::ToLeader first(protocol::ToLeader::BodyCase body) const {
    for (const auto& message : received) {
      if (message.body_case() == body) return message;
    }
    return {};
  }
  // What was said when that worker's process began; nothing before it did.
  std::optional<protocol::WorkerStarting> starting(std::uint32_t process) const {
    for (const auto& message : received) {
      if (message.has_worker_starting() && message.worker_starting().process() == process) {
        return message.worker_starting();
      }
    }
    return std::nullopt;
  }
  bool has(protocol::ToLeader::BodyCase body) const { return first(body).body_case() == body; }

  std::vector<std::string> live_steps = {"score"};
  std::vector<std::string> live_commands = {"train.1"};
  protocol::Hello hello;
  std::vector<protocol::ToLeader> received;  // all but hellos and heartbeats
  std::vector<protocol::Heartbeat> heartbeats;
  bool disconnected = false;

 private:
  void take(protocol::ToLeader&& message) {
    if (message.has_hello()) {
      hello = message.hello();
      auto answer = order();
      for (const auto& step : live_steps) answer.mutable_welcome()->add_live_steps(step);
      for (const auto& id : live_commands) answer.mutable_welcome()->add_live_commands(id);
      send(answer);
    } else if (message.has_heartbeat()) {
      heartbeats.push_back(message.heartbeat());
    } else {
      received.push_back(std::move(message));
    }
  }

  AsioChannelListener listener_;
  std::uint32_t epoch_;
  std::unique_ptr<Channel> channel_;
};

}  // namespace batchmill::agent

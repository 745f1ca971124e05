#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/agent_log.h"
#include "agent/outbox.h"
#include "ports/channel.h"
#include "ports/loop.h"

namespace batchmill::agent {

// The agent's line to whoever leads the job: dials, dials again with back-off when it breaks, hands
// over what the leader has not acknowledged, and gives up when nobody answers for so long as the
// owner has patience.
class LeaderConnection {
 public:
  struct Handlers {
    std::function<protocol::Hello()> make_hello;
    std::function<void(protocol::ToAgent&&)> on_message;  // but for Acknowledge
    std::function<Duration()> patience;                   // asked before each pause
    std::function<void()> on_given_up;
  };

  LeaderConnection(Loop& loop, ChannelDialer& dialer, AgentLog& log, std::string socket_path);
  ~LeaderConnection();
  LeaderConnection(const LeaderConnection&) = delete;
  LeaderConnection& operator=(const LeaderConnection&) = delete;

  void start(Handlers handlers);
  // Kept until acknowledged; sent at once when the leader has welcomed us.
  void report(protocol::ToLeader&& message);
  void beat(const protocol::Heartbeat& heartbeat);  // dropped without a connection
  // The leader has answered Hello: replays what it has not acknowledged, in order.
  void welcomed();
  bool is_welcome() const { return welcome_; }
  const Outbox& outbox() const { return outbox_; }
  void close();

 private:
  void dial();
  void dial_later();
  void on_dialed(Result<std::unique_ptr<Channel>> channel);
  void on_closed(const Error& error);
  void on_message(protocol::ToAgent&& message);

  Loop& loop_;
  ChannelDialer& dialer_;
  AgentLog& log_;
  const std::string socket_path_;
  Handlers handlers_;
  Outbox outbox_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<Channel> broken_;  // its handler may still be running
  bool welcome_ = false;
  bool closed_ = false;
  TimePoint alone_since_{};
  Duration pause_{};
  Loop::Timer timer_ = 0;
  std::shared_ptr<LeaderConnection*> self_;  // lets an answer find out that this is gone
};

}  // namespace batchmill::agent

#include "agent/leader_connection.h"

#include <algorithm>
#include <utility>

namespace batchmill::agent {

namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(20);
constexpr Duration kLongestPause = std::chrono::seconds(1);

}  // namespace

LeaderConnection::LeaderConnection(Loop& loop, ChannelDialer& dialer, AgentLog& log,
                                   std::string socket_path)
    : loop_(loop),
      dialer_(dialer),
      log_(log),
      socket_path_(std::move(socket_path)),
      self_(std::make_shared<LeaderConnection*>(this)) {}

LeaderConnection::~LeaderConnection() {
  *self_ = nullptr;
  close();
}

void LeaderConnection::start(Handlers handlers) {
  handlers_ = std::move(handlers);
  alone_since_ = loop_.now();
  pause_ = kFirstPause;
  dial();
}

void LeaderConnection::report(protocol::ToLeader&& message) {
  const protocol::ToLeader& kept = outbox_.put(std::move(message));
  if (welcome_) channel_->send(kept);
}

void LeaderConnection::beat(const protocol::Heartbeat& heartbeat) {
  if (!welcome_) return;
  protocol::ToLeader message;
  *message.mutable_heartbeat() = heartbeat;
  channel_->send(message);
}

void LeaderConnection::welcomed() {
  if (welcome_ || !channel_) return;
  welcome_ = true;
  for (const protocol::ToLeader& message : outbox_.kept()) channel_->send(message);
}

void LeaderConnection::close() {
  closed_ = true;
  welcome_ = false;
  loop_.cancel(timer_);
  if (channel_) channel_->close();
}

void LeaderConnection::dial() {
  dialer_.dial(socket_path_, [self = self_](Result<std::unique_ptr<Channel>> channel) {
    if (*self != nullptr) (*self)->on_dialed(std::move(channel));
  });
}

void LeaderConnection::dial_later() {
  if (loop_.now() - alone_since_ >= handlers_.patience()) {
    log_.line("no leader has answered; giving up");
    return handlers_.on_given_up();
  }
  timer_ = loop_.call_at(loop_.now() + pause_, [this] { dial(); });
  pause_ = std::min(pause_ * 2, kLongestPause);
}

void LeaderConnection::on_dialed(Result<std::unique_ptr<Channel>> channel) {
  if (closed_) return;
  broken_.reset();
  if (!channel) return dial_later();
  channel_ = std::move(*channel);
  Channel::Handlers handlers;
  handlers.on_to_agent = [this](protocol::ToAgent&& message) { on_message(std::move(message)); };
  handlers.on_closed = [this](const Error& error) { on_closed(error); };
  channel_->start(std::move(handlers));
  protocol::ToLeader hello;
  *hello.mutable_hello() = handlers_.make_hello();
  channel_->send(hello);
}

void LeaderConnection::on_closed(const Error& error) {
  if (closed_) return;
  // A leader that closes without a welcome counts as silence.
  if (welcome_) {
    alone_since_ = loop_.now();
    pause_ = kFirstPause;
    log_.line("the leader is gone: " + error.message);
  }
  welcome_ = false;
  broken_ = std::move(channel_);
  dial_later();
}

void LeaderConnection::on_message(protocol::ToAgent&& message) {
  if (message.has_acknowledge()) return outbox_.acknowledge(message.acknowledge().sequence());
  handlers_.on_message(std::move(message));
}

}  // namespace batchmill::agent

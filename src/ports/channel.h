#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "protocol/channel.pb.h"

namespace batchmill {

// A connection between a leader and a node agent that carries protobuf messages both ways in order.
// Handlers are called on the loop's thread. Closing (by either side, or by an error) calls
// on_closed once; afterwards send() drops what it is given.
class Channel {
 public:
  struct Handlers {
    std::function<void(protocol::ToLeader&&)> on_to_leader;  // set by the leader
    std::function<void(protocol::ToAgent&&)> on_to_agent;    // set by the agent
    std::function<void(Error)> on_closed;
  };
  virtual ~Channel() = default;
  virtual void start(Handlers handlers) = 0;
  virtual void send(const protocol::ToLeader& message) = 0;
  virtual void send(const protocol::ToAgent& message) = 0;
  virtual void close() = 0;
  virtual std::size_t unsent_bytes() const = 0;
};

// The leader's end: accepts agents on a unix socket with mode 0600.
class ChannelListener {
 public:
  virtual ~ChannelListener() = default;
  virtual Result<void> listen(const std::string& socket_path,
                              std::function<void(std::unique_ptr<Channel>)> on_accept) = 0;
  virtual void close() = 0;
};

// The agent's end.
class ChannelDialer {
 public:
  virtual ~ChannelDialer() = default;
  // One try; `done` gets a connected channel or the error.
  virtual void dial(const std::string& socket_path,
                    std::function<void(Result<std::unique_ptr<Channel>>)> done) = 0;
};

}  // namespace batchmill

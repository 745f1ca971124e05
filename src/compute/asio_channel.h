#pragma once

#include <memory>

#include "ports/channel.h"

namespace boost::asio {
class io_context;
}

namespace batchmill {

// Channels over unix sockets on Boost.Asio. Messages that are sent while the loop handles one event
// leave with one write. The context must outlive everything made here.
class AsioChannelListener final : public ChannelListener {
 public:
  explicit AsioChannelListener(boost::asio::io_context& context);
  ~AsioChannelListener() override;
  // Replaces a socket file that a dead leader left behind.
  Result<void> listen(const std::string& socket_path,
                      std::function<void(std::unique_ptr<Channel>)> on_accept) override;
  void close() override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

class AsioChannelDialer : public ChannelDialer {
 public:
  explicit AsioChannelDialer(boost::asio::io_context& context) : context_(context) {}
  void dial(const std::string& socket_path,
            std::function<void(Result<std::unique_ptr<Channel>>)> done) override;

 private:
  boost::asio::io_context& context_;
};

}  // namespace batchmill

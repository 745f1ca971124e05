#include "compute/asio_channel.h"

#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <boost/asio.hpp>

#include "compute/message_stream.h"
#include "compute/socket_address.h"

namespace batchmill {

namespace asio = boost::asio;
using boost::system::error_code;
using Protocol = asio::local::stream_protocol;

namespace {

Error channel_error(const error_code& code, const std::string& what) {
  return Error{ErrorKind::kUnavailable, what + ": " + code.message()};
}

// The connection outlives its AsioChannel until Asio has let go of it; handlers are called only
// while the channel exists.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(Protocol::socket socket) : socket_(std::move(socket)) {}

  void start(Channel::Handlers handlers) {
    handlers_ = std::move(handlers);
    read();
  }

  template <typename Message>
  void send(const Message& message) {
    if (!open_) return;
    compute::append_message(queued_, message);
    if (flush_due_ || writing_) return;
    flush_due_ = true;
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      self->flush_due_ = false;
      self->write();
    });
  }

  // What is queued still leaves as far as the socket takes it without waiting.
  void close(Error reason) {
    if (!open_) return;
    open_ = false;
    if (!writing_ && !queued_.empty()) {
      error_code ignored;
      socket_.non_blocking(true, ignored);
      socket_.write_some(asio::buffer(queued_), ignored);
    }
    error_code ignored;
    socket_.close(ignored);
    asio::post(socket_.get_executor(), [self = shared_from_this(), error = std::move(reason)] {
      if (self->handlers_.on_closed) self->handlers_.on_closed(error);
    });
  }

  void forget_handlers() { handlers_ = {}; }
  std::size_t unsent_bytes() const { return queued_.size() + in_flight_.size(); }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(received_),
                            [self = shared_from_this()](const error_code& code, std::size_t got) {
                              self->on_read(code, got);
                            });
  }

  void on_read(const error_code& code, std::size_t got) {
    if (!open_) return;
    if (code) return close(channel_error(code, "connection between leader and agent"));
    stream_.feed({received_.data(), got});
    while (open_) {
      auto bytes = stream_.next();
      if (!bytes) return close(std::move(bytes.error()));
      if (!*bytes) break;
      if (!deliver(**bytes)) {
        return close({ErrorKind::kProtocol, "the peer sent a message that cannot be read"});
      }
    }
    if (open_) read();
  }

  bool deliver(std::string_view bytes) {
    const int size = static_cast<int>(bytes.size());
    // Copies: a handler may replace or drop the handlers.
    if (const auto to_leader = handlers_.on_to_leader) {
      protocol::ToLeader message;
      if (!message.ParseFromArray(bytes.data(), size)) return false;
      to_leader(std::move(message));
    } else if (const auto to_agent = handlers_.on_to_agent) {
      protocol::ToAgent message;
      if (!message.ParseFromArray(bytes.data(), size)) return false;
      to_agent(std::move(message));
    }
    return true;
  }

  void write() {
    if (!open_ || writing_ || queued_.empty()) return;
    writing_ = true;
    in_flight_ = std::exchange(queued_, {});
    asio::async_write(socket_, asio::buffer(in_flight_),
                      [self = shared_from_this()](const error_code& code, std::size_t) {
                        self->writing_ = false;
                        self->in_flight_.clear();
                        if (!self->open_) return;
                        if (code) {
                          self->close(channel_error(code, "connection between leader and agent"));
                        } else {
                          self->write();
                        }
                      });
  }

  Protocol::socket socket_;
  Channel::Handlers handlers_;
  compute::MessageStream stream_;
  std::array<char, 65536> received_{};
  std::string queued_;
  std::string in_flight_;
  bool open_ = true;
  bool writing_ = false;
  bool flush_due_ = false;
};

class AsioChannel final : public Channel {
 public:
  explicit AsioChannel(Protocol::socket socket)
      : connection_(std::make_shared<Connection>(std::move(socket))) {}
  ~AsioChannel() override {
    connection_->forget_handlers();
    close();
  }
  AsioChannel(const AsioChannel&) = delete;
  AsioChannel& operator=(const AsioChannel&) = delete;

  void start(Handlers handlers) override { connection_->start(std::move(handlers)); }
  void send(const protocol::ToLeader& message) override { connection_->send(message); }
  void send(const protocol::ToAgent& message) override { connection_->send(message); }
  void close() override {
    connection_->close({ErrorKind::kCanceled, "the connection was closed on this side"});
  }
  std::size_t unsent_bytes() const override { return connection_->unsent_bytes(); }

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace

struct AsioChannelListener::State : std::enable_shared_from_this<State> {
  explicit State(asio::io_context& context) : acceptor(context) {}

  void accept() {
    acceptor.async_accept(
        [self = shared_from_this()](const error_code& code, Protocol::socket socket) {
          if (!self->acceptor.is_open()) return;
          if (!code) self->on_accept(std::make_unique<AsioChannel>(std::move(socket)));
          if (self->acceptor.is_open()) self->accept();
        });
  }

  Protocol::acceptor acceptor;
  std::function<void(std::unique_ptr<Channel>)> on_accept;
};

AsioChannelListener::AsioChannelListener(asio::io_context& context)
    : state_(std::make_shared<State>(context)) {}

AsioChannelListener::~AsioChannelListener() { close(); }

Result<void> AsioChannelListener::listen(const std::string& socket_path,
                                         std::function<void(std::unique_ptr<Channel>)> on_accept) {
  BM_ASSIGN(const auto address, compute::SocketAddress::of(socket_path));
  ::unlink(socket_path.c_str());
  auto& acceptor = state_->acceptor;
  error_code code;
  acceptor.open(Protocol(), code);
  if (!code) ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
  // Linux gives the file that bind() makes the mode of the socket's inode: no moment of 0777.
  if (!code && ::fchmod(acceptor.native_handle(), 0600) != 0) {
    code.assign(errno, boost::system::system_category());
  }
  if (!code) acceptor.bind(Protocol::endpoint(address.path()), code);
  if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
  if (code) {
    close();
    return tl::unexpected(error_from_errno(code.value(), socket_path));
  }
  state_->on_accept = std::move(on_accept);
  state_->accept();
  return {};
}

void AsioChannelListener::close() {
  error_code ignored;
  state_->acceptor.close(ignored);
}

void AsioChannelDialer::dial(const std::string& socket_path,
                             std::function<void(Result<std::unique_ptr<Channel>>)> done) {
  auto address = compute::SocketAddress::of(socket_path);
  if (!address) {
    asio::post(context_,
               [done = std::move(done), error = address.error()] { done(tl::unexpected(error)); });
    return;
  }
  struct Dial {
    Protocol::socket socket;
    compute::SocketAddress address;
  };
  const auto attempt =
      std::make_shared<Dial>(Dial{Protocol::socket(context_), std::move(*address)});
  const Protocol::endpoint endpoint(attempt->address.path());
  attempt->socket.async_connect(
      endpoint, [attempt, socket_path, done = std::move(done)](const error_code& code) {
        if (code) return done(tl::unexpected(channel_error(code, socket_path)));
        ::fcntl(attempt->socket.native_handle(), F_SETFD, FD_CLOEXEC);
        done(std::make_unique<AsioChannel>(std::move(attempt->socket)));
      });
}

}  // namespace batchmill

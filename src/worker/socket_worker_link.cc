#include "worker/socket_worker_link.h"

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "worker/board_memory.h"
#include "worker/frames.h"

namespace batchmill {

namespace {

constexpr int kSocketThere = 3;
constexpr int kBoardThere = 4;
// A worker inside run() reads nothing; its socket takes some hundred kilobytes meanwhile.
constexpr Duration kSendAgain = std::chrono::milliseconds(5);

class SocketWorkerLink : public WorkerLink {
 public:
  SocketWorkerLink(Loop& loop, int mine, int theirs, BoardMemory board)
      : loop_(loop), mine_(mine), theirs_(theirs), board_(std::move(board)) {}
  ~SocketWorkerLink() override {
    stop_reading();
    loop_.cancel(send_timer_);
    ::close(mine_);
    close_passed_fds();
  }
  SocketWorkerLink(const SocketWorkerLink&) = delete;
  SocketWorkerLink& operator=(const SocketWorkerLink&) = delete;

  void start(Handlers handlers) override {
    handlers_ = std::move(handlers);
    watch_ = loop_.watch_readable(mine_, [this] { read_available(); });
  }

  void send(std::string_view json) override {
    unsent_ += worker::frame(json);
    flush();
  }

  void read_available() override {
    std::array<char, 65536> buffer;
    while (watch_ != 0) {
      const ssize_t got = ::recv(mine_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (got <= 0) return close_with({ErrorKind::kUnavailable, "the worker closed its socket"});
      frames_.feed({buffer.data(), static_cast<std::size_t>(got)});
      if (!deliver()) return;
    }
  }

  std::span<std::byte> board() override { return board_.bytes(); }

  std::vector<std::pair<int, int>> passed_fds() const override {
    return {{theirs_, kSocketThere}, {board_.fd(), kBoardThere}};
  }
  std::vector<std::pair<std::string, std::string>> variables() const override {
    return {{"BATCHMILL_SOCKET", std::to_string(kSocketThere)},
            {"BATCHMILL_BOARD", std::to_string(kBoardThere)}};
  }
  void close_passed_fds() override {
    if (theirs_ >= 0) ::close(std::exchange(theirs_, -1));
    board_.close_fd();
  }

 private:
  // False when a message broke the format.
  bool deliver() {
    bool wake = false;
    while (true) {
      auto message = frames_.next();
      if (!message) {
        close_with(std::move(message.error()));
        return false;
      }
      if (!*message) break;
      if ((*message)->empty()) {
        wake = true;
      } else {
        handlers_.on_message(std::move(**message));
      }
    }
    if (wake) handlers_.on_wake();
    return true;
  }

  void flush() {
    while (!unsent_.empty()) {
      const ssize_t sent =
          ::send(mine_, unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent >= 0) {
        unsent_.erase(0, static_cast<std::size_t>(sent));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return send_later();
      } else if (errno != EINTR) {
        unsent_.clear();  // the worker is gone, which the reading side reports
      }
    }
  }

  void send_later() {
    loop_.cancel(send_timer_);
    send_timer_ = loop_.call_at(loop_.now() + kSendAgain, [this] { flush(); });
  }

  void stop_reading() {
    if (watch_ != 0) loop_.unwatch(std::exchange(watch_, 0));
  }

  void close_with(Error error) {
    stop_reading();
    handlers_.on_closed(std::move(error));
  }

  Loop& loop_;
  int mine_;
  int theirs_;
  BoardMemory board_;
  Handlers handlers_;
  worker::FrameReader frames_;
  std::string unsent_;
  Loop::Watch watch_ = 0;
  Loop::Timer send_timer_ = 0;
};

}  // namespace

Result<std::unique_ptr<WorkerLink>> SocketWorkerLinks::open() {
  BM_ASSIGN(BoardMemory board, BoardMemory::create());
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return tl::unexpected(error_from_errno(errno, "socket of a worker"));
  }
  return std::make_unique<SocketWorkerLink>(loop_, ends[0], ends[1], std::move(board));
}

}  // namespace batchmill

#include "worker/socket_worker_link.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/asio_loop.h"
#include "os/unique_fd.h"
#include "protocol/board_view.h"
#include "worker/frames.h"

namespace batchmill {
namespace {

using testing::ElementsAre;

class SocketWorkerLinkTest : public testing::Test {
 protected:
  SocketWorkerLinkTest() {
    link_ = *SocketWorkerLinks(loop_).open();
    // The worker's copies, as the spawner would pass them.
    const auto fds = link_->passed_fds();
    socket_ = UniqueFd(dup(fds[0].first));
    board_ = UniqueFd(dup(fds[1].first));
    link_->close_passed_fds();
    link_->start({.on_message = [this](std::string&& json) { heard_.push_back(std::move(json)); },
                  .on_wake = [this] { heard_.emplace_back("wake"); },
                  .on_closed = [this](const Error& error) { heard_.push_back(error.message); }});
  }
  void say(std::string_view bytes) {
    ASSERT_EQ(write(socket_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void run_for(Duration duration) {
    loop_.call_at(loop_.now() + duration, [this] { loop_.stop(); });
    loop_.run();
  }
  void run_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 5000 && !condition(); ++i) run_for(std::chrono::milliseconds(2));
    ASSERT_TRUE(condition());
  }

  AsioLoop loop_;
  std::unique_ptr<WorkerLink> link_;
  UniqueFd socket_;
  UniqueFd board_;
  std::vector<std::string> heard_;
};

TEST_F(SocketWorkerLinkTest, TellsTheWorkerWhereToLook) {
  EXPECT_THAT(link_->variables(),
              ElementsAre(std::pair<std::string, std::string>("BATCHMILL_SOCKET", "3"),
                          std::pair<std::string, std::string>("BATCHMILL_BOARD", "4")));
}

TEST_F(SocketWorkerLinkTest, DeliversMessagesThenOneWakeUp) {
  say(worker::frame("a") + worker::frame("") + worker::frame("") + worker::frame("b"));
  run_until([this] { return heard_.size() >= 3; });
  EXPECT_THAT(heard_, ElementsAre("a", "b", "wake"));
}

TEST_F(SocketWorkerLinkTest, ReadsAtOnceWhenAsked) {
  say(worker::frame("error text"));
  link_->read_available();
  EXPECT_THAT(heard_, ElementsAre("error text"));
}

TEST_F(SocketWorkerLinkTest, NoticesTheEndOnce) {
  say(worker::frame("last words"));
  socket_.reset();
  run_until([this] { return heard_.size() >= 2; });
  link_->read_available();
  EXPECT_THAT(heard_, ElementsAre("last words", "the worker closed its socket"));
}

TEST_F(SocketWorkerLinkTest, ClosesOnABrokenFrame) {
  say("\xff\xff\xff\xff");
  run_until([this] { return !heard_.empty(); });
  EXPECT_THAT(heard_, ElementsAre("a worker announced a message of impossible length"));
}

TEST_F(SocketWorkerLinkTest, NeverWaitsForAWorkerThatDoesNotRead) {
  const std::string big(3'000'000, 'x');
  link_->send(big);
  link_->send("next");
  worker::FrameReader reader;
  std::vector<std::string> messages;
  ASSERT_EQ(fcntl(socket_.get(), F_SETFL, O_NONBLOCK), 0);
  run_until([&] {
    char buffer[65536];
    ssize_t got = 0;
    while ((got = read(socket_.get(), buffer, sizeof buffer)) > 0) {
      reader.feed({buffer, static_cast<std::size_t>(got)});
    }
    while (auto message = *reader.next()) messages.push_back(*message);
    return messages.size() == 2;
  });
  EXPECT_EQ(messages[0], big);
  EXPECT_EQ(messages[1], "next");
}

TEST_F(SocketWorkerLinkTest, SharesItsBoard) {
  void* memory =
      mmap(nullptr, board::kBoardBytes, PROT_READ | PROT_WRITE, MAP_SHARED, board_.get(), 0);
  ASSERT_NE(memory, MAP_FAILED);
  auto& header = *static_cast<board::Header*>(memory);
  EXPECT_EQ(header.magic, board::kMagic);
  EXPECT_EQ(header.version, kBoardVersion);
  EXPECT_EQ(header.ring_entries, board::kRingEntries);
  board::AgentView view(link_->board());
  view.set_ticket_limit(5);
  EXPECT_EQ(header.ticket_limit, 5u);
  header.running = {4, 123};
  EXPECT_EQ(view.running().ticket, 4u);
  EXPECT_EQ(view.running().start_ns, 123);
  EXPECT_NE(ftruncate(board_.get(), 0), 0) << "a worker cannot pull the memory away";
  munmap(memory, board::kBoardBytes);
}

TEST_F(SocketWorkerLinkTest, TheRingGivesEachResultOnce) {
  board::AgentView view(link_->board());
  auto& header = *reinterpret_cast<board::Header*>(link_->board().data());
  auto* entries = reinterpret_cast<board::Entry*>(link_->board().data() + board::kHeaderBytes);
  for (std::uint64_t number = 0; number < 3000; ++number) {
    EXPECT_FALSE(view.take());
    entries[number % board::kRingEntries].ticket = number + 1;
    header.finished = number + 1;
    const auto entry = view.take();
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->ticket, number + 1);
    EXPECT_EQ(header.consumed, number + 1);
  }
  header.finished = 3000 + board::kRingEntries + 1;
  EXPECT_TRUE(view.is_broken());
}

}  // namespace
}  // namespace batchmill

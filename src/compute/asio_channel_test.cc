#include "compute/asio_channel.h"

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <sys/stat.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/asio_loop.h"

namespace batchmill {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class AsioChannelTest : public testing::Test {
 protected:
  AsioChannelTest() {
    std::string name = (fs::temp_directory_path() / "batchmill-channel-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    socket_ = (folder_ / "leader.sock").string();
  }
  ~AsioChannelTest() override { fs::remove_all(folder_); }

  void listen() {
    const auto listening = listener_.listen(socket_, [this](std::unique_ptr<Channel> channel) {
      leader_ = std::move(channel);
      Channel::Handlers handlers;
      handlers.on_to_leader = [this](protocol::ToLeader&& message) {
        to_leader_.push_back(message.sequence());
      };
      handlers.on_closed = [this](const Error&) { ++leader_closed_; };
      leader_->start(std::move(handlers));
    });
    ASSERT_TRUE(listening) << listening.error().message;
  }
  void dial() {
    dialer_.dial(socket_, [this](Result<std::unique_ptr<Channel>> channel) {
      if (!channel) {
        dial_error_ = channel.error();
        return;
      }
      agent_ = std::move(*channel);
      Channel::Handlers handlers;
      handlers.on_to_agent = [this](protocol::ToAgent&& message) {
        to_agent_.push_back(message.epoch());
      };
      handlers.on_closed = [this](const Error&) { ++agent_closed_; };
      agent_->start(std::move(handlers));
    });
  }
  void connect() {
    listen();
    dial();
    run_until([this] { return leader_ && agent_; });
  }
  void run_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 5000 && !condition(); ++i) {
      loop_.call_at(loop_.now() + std::chrono::milliseconds(2), [this] { loop_.stop(); });
      loop_.run();
    }
    ASSERT_TRUE(condition());
  }
  static protocol::ToLeader numbered(std::uint64_t sequence, std::size_t bytes = 0) {
    protocol::ToLeader message;
    message.set_sequence(sequence);
    if (bytes > 0) message.mutable_worker_notice()->set_notice(std::string(bytes, 'x'));
    return message;
  }
  static protocol::ToAgent of_epoch(std::uint32_t epoch) {
    protocol::ToAgent message;
    message.set_epoch(epoch);
    return message;
  }

  fs::path folder_;
  std::string socket_;
  AsioLoop loop_;
  AsioChannelListener listener_{loop_.context()};
  AsioChannelDialer dialer_{loop_.context()};
  std::unique_ptr<Channel> leader_;
  std::unique_ptr<Channel> agent_;
  std::vector<std::uint64_t> to_leader_;
  std::vector<std::uint32_t> to_agent_;
  int leader_closed_ = 0;
  int agent_closed_ = 0;
  std::optional<Error> dial_error_;
};

TEST_F(AsioChannelTest, CarriesMessagesBothWaysInOrder) {
  connect();
  std::vector<std::uint64_t> expected;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    agent_->send(numbered(i));
    expected.push_back(i);
  }
  for (std::uint32_t i = 1; i <= 3; ++i) leader_->send(of_epoch(i));
  EXPECT_GT(agent_->unsent_bytes(), 0u);
  run_until([&] { return to_leader_.size() == 1000 && to_agent_.size() == 3; });
  EXPECT_EQ(to_leader_, expected);
  EXPECT_THAT(to_agent_, ElementsAre(1, 2, 3));
  EXPECT_EQ(agent_->unsent_bytes(), 0u);
}

TEST_F(AsioChannelTest, CarriesMessagesLargerThanTheSocket) {
  connect();
  for (std::uint64_t i = 1; i <= 5; ++i) agent_->send(numbered(i, 3'000'000));
  run_until([this] { return to_leader_.size() == 5; });
}

TEST_F(AsioChannelTest, TheSocketIsItsOwnersOnly) {
  listen();
  struct stat status {};
  ASSERT_EQ(::stat(socket_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(AsioChannelTest, ReplacesTheSocketOfADeadLeader) {
  {
    AsioChannelListener dead(loop_.context());
    ASSERT_TRUE(dead.listen(socket_, [](auto) {}));
  }
  EXPECT_TRUE(fs::exists(socket_));
  connect();
}

TEST_F(AsioChannelTest, WorksBelowAVeryLongFolder) {
  fs::path deep = folder_;
  while (deep.string().size() < 300) deep /= "a-folder-with-a-long-name";
  fs::create_directories(deep);
  socket_ = (deep / "leader.sock").string();
  connect();
  agent_->send(numbered(1));
  run_until([this] { return to_leader_.size() == 1; });
}

TEST_F(AsioChannelTest, NobodyListening) {
  dial();
  run_until([this] { return dial_error_.has_value(); });
  EXPECT_EQ(dial_error_->kind, ErrorKind::kUnavailable);
  EXPECT_THAT(dial_error_->message, HasSubstr(socket_));
}

TEST_F(AsioChannelTest, ClosingEndsBothSidesOnce) {
  connect();
  agent_->send(numbered(1));
  agent_->close();
  agent_->close();
  agent_->send(numbered(2));
  run_until([this] { return leader_closed_ == 1 && agent_closed_ == 1; });
  leader_->send(of_epoch(1));
  EXPECT_THAT(to_leader_, ElementsAre(1)) << "what was sent before is still delivered";
}

TEST_F(AsioChannelTest, ADestroyedChannelCallsNobody) {
  connect();
  leader_->send(of_epoch(1));
  agent_.reset();
  run_until([this] { return leader_closed_ == 1; });
  EXPECT_EQ(agent_closed_, 0);
  EXPECT_TRUE(to_agent_.empty());
}

TEST_F(AsioChannelTest, AHandlerMayDestroyItsChannel) {
  listen();
  dialer_.dial(socket_, [this](Result<std::unique_ptr<Channel>> channel) {
    agent_ = std::move(*channel);
    Channel::Handlers handlers;
    handlers.on_to_agent = [this](protocol::ToAgent&& message) {
      to_agent_.push_back(message.epoch());
      agent_.reset();
    };
    agent_->start(std::move(handlers));
  });
  run_until([this] { return leader_ && agent_; });
  leader_->send(of_epoch(1));
  leader_->send(of_epoch(2));
  run_until([this] { return leader_closed_ == 1; });
  EXPECT_THAT(to_agent_, ElementsAre(1));
}

}  // namespace
}  // namespace batchmill

#include "engine/node_hub.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/manual_loop.h"
#include "fakes/memory_files.h"

namespace batchmill::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Locks that a test holds and frees by name.
class FakeLocks : public Locks {
 public:
  Result<std::unique_ptr<HeldLock>> try_lock(const std::string& path) override {
    return fail(ErrorKind::kUnavailable, path);
  }
  bool is_held(const std::string& path) const override { return held.contains(path); }
  std::set<std::string> held;
};

class FakeNodes : public Nodes {
 public:
  Result<void> start(const Request& request) override {
    started.push_back(request.node.value);
    return {};
  }
  std::vector<std::uint32_t> started;
};

class FakeChannel : public Channel {
 public:
  explicit FakeChannel(std::vector<protocol::ToAgent>& sent) : sent_(sent) {}
  void start(Handlers handlers) override { handlers_ = std::move(handlers); }
  void send(const protocol::ToLeader&) override {}
  void send(const protocol::ToAgent& message) override { sent_.push_back(message); }
  void close() override {}
  std::size_t unsent_bytes() const override { return 0; }
  Handlers handlers_;

 private:
  std::vector<protocol::ToAgent>& sent_;
};

class FakeListener : public ChannelListener {
 public:
  Result<void> listen(const std::string&,
                      std::function<void(std::unique_ptr<Channel>)> on_accept) override {
    accept = std::move(on_accept);
    return {};
  }
  void close() override {}
  std::function<void(std::unique_ptr<Channel>)> accept;
};

class NodeHubTest : public ::testing::Test {
 protected:
  NodeHubTest() {
    hub.emplace(NodeHub::Parts{loop, files, locks, nodes, listener}, JobFolder("/job"), Epoch{3},
                handlers());
  }

  NodeHub::Handlers handlers() {
    return {
        .on_joined = [this](const protocol::Hello& hello) { joined.push_back(hello.node()); },
        .on_lost = [this](NodeId node, const std::string&) { lost.push_back(node.value); },
        .on_message = [this](NodeId,
                             protocol::ToLeader& message) -> std::
                                                              pair<std::string, std::uint64_t> {
                                                                received.push_back(
                                                                    message.sequence());
                                                                return message.has_results() ? std::pair<std::string, std::uint64_t>{"score", 1}
                                       : std::pair<std::string, std::uint64_t>{"", 0};
                                                              },
        .on_hopeless = [this](const std::string& reason) { hopeless = reason; },
        .welcome = [](const protocol::Hello&) { return protocol::Welcome(); },
        .log = [](const std::string&) {},
    };
  }

  // An agent of this node dials and says hello.
  FakeChannel* dial(std::uint32_t node) {
    auto channel = std::make_unique<FakeChannel>(sent);
    FakeChannel* raw = channel.get();
    listener.accept(std::move(channel));
    protocol::ToLeader hello;
    hello.mutable_hello()->set_node(node);
    raw->handlers_.on_to_leader(std::move(hello));
    return raw;
  }
  void hold(std::uint32_t node) {
    const std::string path = "/job/agents/" + std::to_string(node) + ".lock";
    (void)files.make_folders("/job/agents");
    (void)files.append(path, "");
    locks.held.insert(path);
  }
  void free(std::uint32_t node) {
    locks.held.erase("/job/agents/" + std::to_string(node) + ".lock");
  }
  static void deliver(FakeChannel* channel, std::uint64_t sequence, bool results) {
    protocol::ToLeader message;
    message.set_sequence(sequence);
    if (results) {
      message.mutable_results()->set_step("score");
    } else {
      message.mutable_worker_ready()->set_step("score");
    }
    channel->handlers_.on_to_leader(std::move(message));
  }
  std::vector<std::uint64_t> acknowledged() const {
    std::vector<std::uint64_t> sequences;
    for (const auto& message : sent) {
      if (message.has_acknowledge()) sequences.push_back(message.acknowledge().sequence());
    }
    return sequences;
  }

  fakes::ManualLoop loop;
  fakes::MemoryFiles files;
  FakeLocks locks;
  FakeNodes nodes;
  FakeListener listener;
  std::vector<protocol::ToAgent> sent;
  std::vector<std::uint32_t> joined, lost;
  std::vector<std::uint64_t> received;
  std::string hopeless;
  std::optional<NodeHub> hub;
};

TEST_F(NodeHubTest, AFreshJobStartsOneAgentAndWelcomesIt) {
  ASSERT_TRUE(hub->start());
  EXPECT_THAT(nodes.started, ElementsAre(0));
  hold(0);
  dial(0);
  EXPECT_THAT(joined, ElementsAre(0));
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(sent[0].has_welcome());
  EXPECT_EQ(sent[0].epoch(), 3u);
}

TEST_F(NodeHubTest, AsManyAgentsAreBroughtUpAsAreWanted) {
  ASSERT_TRUE(hub->start());
  hub->want(3);
  EXPECT_THAT(nodes.started, ElementsAre(0, 1, 2));
  hub->want(2);
  EXPECT_THAT(nodes.started, ElementsAre(0, 1, 2));
}

TEST_F(NodeHubTest, KeptAgentsCountAmongThoseThatAreWanted) {
  hold(0);
  hold(2);
  ASSERT_TRUE(hub->start());
  hub->want(3);
  EXPECT_THAT(nodes.started, ElementsAre(3));
}

TEST_F(NodeHubTest, EachLostNodeIsReplacedByANewOne) {
  ASSERT_TRUE(hub->start());
  hub->want(2);
  hold(0);
  hold(1);
  FakeChannel* channel = dial(0);
  dial(1);
  free(0);
  channel->handlers_.on_closed(Error{});
  loop.advance(milliseconds(100));
  EXPECT_THAT(lost, ElementsAre(0));
  EXPECT_THAT(nodes.started, ElementsAre(0, 1, 2));
}

TEST_F(NodeHubTest, AgentsThatCannotBeBroughtUpDoNotEndWhatOthersDo) {
  ASSERT_TRUE(hub->start());
  hub->want(2);
  hold(0);
  dial(0);
  loop.advance(seconds(300));
  EXPECT_THAT(hopeless, IsEmpty());
  EXPECT_THAT(nodes.started, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_F(NodeHubTest, AKeptAgentIsWaitedForInsteadOfStartingAnother) {
  hold(0);
  ASSERT_TRUE(hub->start());
  loop.advance(seconds(5));
  EXPECT_THAT(nodes.started, IsEmpty());
  dial(0);
  EXPECT_THAT(joined, ElementsAre(0));
}

TEST_F(NodeHubTest, AnAgentThatDiesIsReplacedByANewNodeAtOnce) {
  ASSERT_TRUE(hub->start());
  hold(0);
  FakeChannel* channel = dial(0);
  free(0);
  channel->handlers_.on_closed(Error{});
  loop.advance(milliseconds(100));
  EXPECT_THAT(lost, ElementsAre(0));
  EXPECT_THAT(nodes.started, ElementsAre(0, 1));
}

// It may have ended together with its leader, which is why there is a new one.
TEST_F(NodeHubTest, AKeptAgentThatEndsBeforeItConnectsIsReplacedAtOnce) {
  hold(0);
  ASSERT_TRUE(hub->start());
  EXPECT_EQ(hub->may_come_back(), 1u);
  loop.advance(seconds(1));
  free(0);
  loop.advance(milliseconds(100));
  EXPECT_THAT(lost, ElementsAre(0));
  EXPECT_THAT(nodes.started, ElementsAre(1));
  EXPECT_EQ(hub->may_come_back(), 0u) << "a new agent has nothing of this job";
}

TEST_F(NodeHubTest, ANewAgentMayTakeAWhileToLiveButEndsOnce) {
  ASSERT_TRUE(hub->start());
  loop.advance(seconds(5));
  EXPECT_THAT(lost, IsEmpty());
  hold(0);
  loop.advance(milliseconds(100));
  free(0);
  loop.advance(milliseconds(100));
  EXPECT_THAT(lost, ElementsAre(0));
}

TEST_F(NodeHubTest, ABrokenConnectionOfALivingAgentIsNoLoss) {
  ASSERT_TRUE(hub->start());
  hold(0);
  FakeChannel* channel = dial(0);
  channel->handlers_.on_closed(Error{});
  loop.advance(seconds(3));
  EXPECT_THAT(lost, IsEmpty());
  dial(0);
  EXPECT_THAT(joined, ElementsAre(0, 0));
}

TEST_F(NodeHubTest, ResultsAreAcknowledgedOnceTheyAreCommittedAndReplaysAreDropped) {
  ASSERT_TRUE(hub->start());
  hold(0);
  FakeChannel* channel = dial(0);
  deliver(channel, 1, false);
  deliver(channel, 2, true);
  EXPECT_THAT(acknowledged(), ElementsAre(1));
  deliver(channel, 2, true);
  EXPECT_THAT(received, ElementsAre(1, 2));
  hub->committed("score", 1);
  EXPECT_THAT(acknowledged(), ElementsAre(1, 2));
}

TEST_F(NodeHubTest, AgentsThatNeverConnectEndTheHopeWithTheirLog) {
  ASSERT_TRUE(hub->start());
  loop.advance(seconds(120));
  EXPECT_THAT(hopeless, HasSubstr("agent.4.log"));
}

TEST_F(NodeHubTest, AnAgentThatDialsAfterTheEndIsSentHome) {
  ASSERT_TRUE(hub->start());
  hub->say_goodbye();
  dial(0);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(sent[0].has_goodbye());
}

}  // namespace
}  // namespace batchmill::engine

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/ack_tracker.h"
#include "model/ids.h"
#include "model/job_folder.h"
#include "ports/channel.h"
#include "ports/files.h"
#include "ports/locks.h"
#include "ports/loop.h"
#include "ports/nodes.h"

namespace batchmill::engine {

// The leader's view of its node agents: starts as many as are wanted, accepts those that dial (also
// those that a former leader started), notices losses and replaces them by new nodes, acknowledges
// what is durable.
//
// An agent lives exactly as long as it holds agents/<node>.lock. A connection that ends while the
// lock is held is waited for; one whose lock is free is a lost node at once.
class NodeHub {
 public:
  struct Parts {
    Loop& loop;
    Files& files;
    Locks& locks;
    Nodes& nodes;
    ChannelListener& listener;
  };
  struct Handlers {
    std::function<void(const protocol::Hello&)> on_joined;
    std::function<void(NodeId, const std::string& reason)> on_lost;
    // Returns the step and the commit group that makes the message durable; group 0: nothing.
    std::function<std::pair<std::string, std::uint64_t>(NodeId, protocol::ToLeader&)> on_message;
    // No agent is there and none could be brought up; `reason` is one line with the path of the
    // log.
    std::function<void(const std::string& reason)> on_hopeless;
    // What of its workers and commands a joining agent may keep.
    std::function<protocol::Welcome(const protocol::Hello&)> welcome;
    std::function<void(const std::string& line)> log;
  };

  NodeHub(Parts parts, JobFolder job, Epoch epoch, Handlers handlers);

  // Listens, waits for the agents of a former leader, and brings up one where there is none.
  Result<void> start();
  // Keeps at least `count` agents from now on. None is sent away when fewer are wanted.
  void want(std::uint32_t count);
  bool has_node() const { return !connected_.empty(); }
  std::vector<NodeId> nodes() const;
  // What the connected agents said when they connected.
  std::vector<protocol::Hello> hellos() const;
  // Agents that may have workers of this job and are not connected: of a former leader, or they
  // lost their connection.
  std::uint32_t may_come_back() const;
  void send(NodeId node, protocol::ToAgent message);
  void committed(const std::string& step, std::uint64_t group);
  // A step has taken what it answered with kGroupLater, in the order of arrival.
  void taken_up(NodeId node, std::uint64_t sequence, std::uint64_t group);
  void step_over(const std::string& step);
  // Tells every agent that the job is over; they end what runs and exit.
  void say_goodbye();
  // True once no agent of this job holds its lock any more.
  bool all_gone() const;

 private:
  struct Connection {
    std::unique_ptr<Channel> channel;
    protocol::Hello hello;
  };
  // An agent that was started or is kept, and is not connected.
  struct Expected {
    TimePoint until;          // it must have connected
    TimePoint holds_lock_by;  // from here on a free lock means that it has ended
    bool is_new = false;
  };
  void accept(std::unique_ptr<Channel> channel);
  void receive(const std::shared_ptr<Connection>& connection, protocol::ToLeader&& message);
  void join(const std::shared_ptr<Connection>& connection, const protocol::Hello& hello);
  void closed(const std::shared_ptr<Connection>& connection);
  void acknowledge(NodeId node);
  void fill_up();
  bool start_agent();
  void expect(NodeId node, const Expected& agent);
  void check_later(NodeId node);
  void check_expected(NodeId node);
  void lose(NodeId node, const std::string& reason);
  std::string lock_path(NodeId node) const;
  std::vector<NodeId> known_nodes() const;

  Parts parts_;
  JobFolder job_;
  Epoch epoch_;
  Handlers handlers_;
  std::map<NodeId, std::shared_ptr<Connection>> connected_;
  std::map<NodeId, AckTracker> acks_;  // survive a reconnect
  std::map<NodeId, Expected> expected_;
  std::vector<std::shared_ptr<Connection>> strangers_;
  std::uint32_t wanted_ = 1;
  std::uint32_t next_node_ = 0;
  std::uint32_t started_in_vain_ = 0;
  bool closing_ = false;
};

}  // namespace batchmill::engine

#include "engine/node_hub.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace batchmill::engine {

namespace {

constexpr auto kCheckEvery = std::chrono::milliseconds(50);
// A new agent takes its lock and dials within milliseconds; an old one dials after its back-off.
constexpr auto kLockPatience = std::chrono::seconds(10);
constexpr auto kNewPatience = std::chrono::seconds(20);
constexpr auto kKeptPatience = std::chrono::seconds(60);
constexpr std::uint32_t kMostStartsInVain = 5;

}  // namespace

NodeHub::NodeHub(Parts parts, JobFolder job, Epoch epoch, Handlers handlers)
    : parts_(parts), job_(std::move(job)), epoch_(epoch), handlers_(std::move(handlers)) {}

std::string NodeHub::lock_path(NodeId node) const {
  return fmt::format("{}/agents/{}.lock", job_.root(), node.value);
}

std::vector<NodeId> NodeHub::known_nodes() const {
  std::vector<NodeId> nodes;
  const auto entries = parts_.files.list(job_.root() + "/agents");
  if (!entries) return nodes;
  for (const FolderEntry& entry : *entries) {
    NodeId node;
    const auto [end, error] =
        std::from_chars(entry.name.data(), entry.name.data() + entry.name.size(), node.value);
    if (error == std::errc() && std::string_view(end) == ".lock") nodes.push_back(node);
  }
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

Result<void> NodeHub::start() {
  BM_TRY(parts_.files.make_folders(job_.root() + "/agents"));
  BM_TRY(parts_.listener.listen(
      job_.socket(), [this](std::unique_ptr<Channel> channel) { accept(std::move(channel)); }));
  for (const NodeId node : known_nodes()) {
    next_node_ = node.value + 1;
    if (!parts_.locks.is_held(lock_path(node))) continue;
    const TimePoint now = parts_.loop.now();
    expect(node, {now + kKeptPatience, now});
  }
  fill_up();
  return {};
}

void NodeHub::want(std::uint32_t count) {
  wanted_ = std::max(1U, count);
  started_in_vain_ = 0;
  fill_up();
}

// Once starts have been in vain, those that there are have to do until more are wanted.
void NodeHub::fill_up() {
  while (!closing_ && started_in_vain_ < kMostStartsInVain &&
         connected_.size() + expected_.size() < wanted_) {
    if (!start_agent()) return;
  }
}

bool NodeHub::start_agent() {
  const NodeId node{next_node_++};
  handlers_.log(fmt::format("starting the agent of node {}", node.value));
  const auto started = parts_.nodes.start({node, job_.root(), job_.socket()});
  if (!started) {
    started_in_vain_ = kMostStartsInVain;
    const std::string reason = "cannot start a node agent: " + started.error().message;
    handlers_.log(reason);
    if (connected_.empty() && expected_.empty()) handlers_.on_hopeless(reason);
    return false;
  }
  const TimePoint now = parts_.loop.now();
  expect(node, {now + kNewPatience, now + kLockPatience, true});
  return true;
}

std::uint32_t NodeHub::may_come_back() const {
  return static_cast<std::uint32_t>(std::count_if(
      expected_.begin(), expected_.end(), [](const auto& each) { return !each.second.is_new; }));
}

void NodeHub::expect(NodeId node, const Expected& agent) {
  expected_[node] = agent;
  check_later(node);
}

void NodeHub::check_later(NodeId node) {
  parts_.loop.call_at(parts_.loop.now() + kCheckEvery, [this, node] { check_expected(node); });
}

void NodeHub::check_expected(NodeId node) {
  const auto found = expected_.find(node);
  if (found == expected_.end() || closing_) return;
  Expected& agent = found->second;
  const TimePoint now = parts_.loop.now();
  const bool alive = parts_.locks.is_held(lock_path(node));
  if (alive) agent.holds_lock_by = now;
  if (now < agent.until && (alive || now < agent.holds_lock_by)) {
    check_later(node);
    return;
  }
  expected_.erase(found);
  lose(node, fmt::format("the agent of node {} has ended", node.value));
}

void NodeHub::lose(NodeId node, const std::string& reason) {
  handlers_.log(reason);
  if (acks_.erase(node) > 0) {
    started_in_vain_ = 0;
  } else if (++started_in_vain_ >= kMostStartsInVain && connected_.empty() && expected_.empty()) {
    handlers_.on_hopeless(
        fmt::format("node agents end before they connect; log: {}", job_.agent_log(node.value)));
    return;
  }
  handlers_.on_lost(node, reason);
  fill_up();
}

void NodeHub::accept(std::unique_ptr<Channel> channel) {
  auto connection = std::make_shared<Connection>();
  connection->channel = std::move(channel);
  strangers_.push_back(connection);
  const std::weak_ptr<Connection> weak = connection;
  connection->channel->start({
      .on_to_leader =
          [this, weak](protocol::ToLeader&& message) {
            if (const auto strong = weak.lock()) receive(strong, std::move(message));
          },
      .on_to_agent = nullptr,
      .on_closed =
          [this, weak](const Error&) {
            if (const auto strong = weak.lock()) closed(strong);
          },
  });
}

void NodeHub::receive(const std::shared_ptr<Connection>& connection, protocol::ToLeader&& message) {
  if (message.has_hello()) {
    join(connection, message.hello());
    return;
  }
  const NodeId node{connection->hello.node()};
  const auto current = connected_.find(node);
  if (current == connected_.end() || current->second != connection) return;
  AckTracker& acks = acks_[node];
  if (acks.is_repeated(message.sequence())) return;
  const std::uint64_t sequence = message.sequence();  // a step may move the message away
  const auto [step, group] = handlers_.on_message(node, message);
  acks.arrived(sequence, step, group);
  acknowledge(node);
}

void NodeHub::join(const std::shared_ptr<Connection>& connection, const protocol::Hello& hello) {
  std::erase(strangers_, connection);
  connection->hello = hello;
  const NodeId node{hello.node()};
  if (closing_) {
    protocol::ToAgent message;
    message.set_epoch(epoch_.value);
    message.mutable_goodbye();
    connection->channel->send(message);
    return;
  }
  handlers_.log(
      fmt::format("node {} connected from {} (process {})", node.value, hello.host(), hello.pid()));
  expected_.erase(node);
  acks_[node];
  connected_[node] = connection;
  protocol::ToAgent message;
  *message.mutable_welcome() = handlers_.welcome(hello);
  send(node, std::move(message));
  handlers_.on_joined(hello);
}

void NodeHub::closed(const std::shared_ptr<Connection>& connection) {
  std::erase(strangers_, connection);
  const NodeId node{connection->hello.node()};
  const auto current = connected_.find(node);
  if (current == connected_.end() || current->second != connection) return;
  connected_.erase(current);
  if (closing_) return;
  const TimePoint now = parts_.loop.now();
  expect(node, {now + kKeptPatience, now});
}

std::vector<NodeId> NodeHub::nodes() const {
  std::vector<NodeId> nodes;
  for (const auto& [node, connection] : connected_) nodes.push_back(node);
  return nodes;
}

std::vector<protocol::Hello> NodeHub::hellos() const {
  std::vector<protocol::Hello> hellos;
  for (const auto& [node, connection] : connected_) hellos.push_back(connection->hello);
  return hellos;
}

void NodeHub::send(NodeId node, protocol::ToAgent message) {
  const auto found = connected_.find(node);
  if (found == connected_.end()) return;
  message.set_epoch(epoch_.value);
  found->second->channel->send(message);
}

void NodeHub::acknowledge(NodeId node) {
  const auto acks = acks_.find(node);
  if (acks == acks_.end()) return;
  if (const auto sequence = acks->second.take()) {
    protocol::ToAgent message;
    message.mutable_acknowledge()->set_sequence(*sequence);
    send(node, std::move(message));
  }
}

void NodeHub::committed(const std::string& step, std::uint64_t group) {
  for (auto& [node, acks] : acks_) {
    acks.committed(step, group);
    acknowledge(node);
  }
}

void NodeHub::taken_up(NodeId node, std::uint64_t sequence, std::uint64_t group) {
  const auto acks = acks_.find(node);
  if (acks == acks_.end()) return;
  acks->second.taken_up(sequence, group);
  acknowledge(node);
}

void NodeHub::step_over(const std::string& step) {
  for (auto& [node, acks] : acks_) {
    acks.step_over(step);
    acknowledge(node);
  }
}

void NodeHub::say_goodbye() {
  closing_ = true;
  for (const auto& [node, connection] : connected_) {
    protocol::ToAgent message;
    message.mutable_goodbye();
    send(node, std::move(message));
  }
}

bool NodeHub::all_gone() const {
  const auto nodes = known_nodes();
  return std::none_of(nodes.begin(), nodes.end(),
                      [this](NodeId node) { return parts_.locks.is_held(lock_path(node)); });
}

}  // namespace batchmill::engine

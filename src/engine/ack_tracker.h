#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <string>

namespace batchmill::engine {

// The group of a message that its step cannot take yet.
constexpr std::uint64_t kGroupLater = std::numeric_limits<std::uint64_t>::max();

// Which messages of one agent need not be replayed: those whose results are all durable. Pure.
//
// Each message arrives once with its sequence; it waits for a commit group of a step, or for
// nothing. Acknowledgements go out in sequence.
class AckTracker {
 public:
  // A message that needs no commit.
  void arrived(std::uint64_t sequence);
  // A message whose results are durable once `step` has committed `group`.
  void arrived(std::uint64_t sequence, const std::string& step, std::uint64_t group);
  // The group of a message that arrived with kGroupLater, once its step has taken it; 0 for none.
  void taken_up(std::uint64_t sequence, std::uint64_t group);
  void committed(const std::string& step, std::uint64_t group);
  void step_over(const std::string& step);
  // The highest sequence that may be acknowledged, if it grew since the last call.
  std::optional<std::uint64_t> take();
  // True for a sequence that has been seen: a replay of what is being committed already.
  bool is_repeated(std::uint64_t sequence) const { return sequence != 0 && sequence <= last_seen_; }

 private:
  struct Waiting {
    std::uint64_t sequence = 0;
    std::string step;
    std::uint64_t group = 0;
  };
  void advance();

  std::deque<Waiting> waiting_;
  std::map<std::string, std::uint64_t> committed_;
  std::uint64_t last_seen_ = 0;
  std::uint64_t ready_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace batchmill::engine

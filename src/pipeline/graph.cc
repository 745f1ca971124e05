#include "pipeline/graph.h"

#include <algorithm>
#include <map>
#include <queue>
#include <set>

namespace batchmill::pipeline {

namespace {

using Index = std::size_t;

class Graph {
 public:
  Graph(const std::vector<std::string>& steps, const std::vector<Edge>& edges) : steps_(steps) {
    std::map<std::string, Index> indices;
    for (Index index = 0; index < steps.size(); ++index) indices.emplace(steps[index], index);
    producers_.resize(steps.size());
    for (const Edge& edge : edges) {
      const auto producer = indices.find(edge.producer);
      const auto consumer = indices.find(edge.consumer);
      if (producer == indices.end() || consumer == indices.end()) continue;
      producers_[consumer->second].emplace(producer->second, &edge);
    }
  }

  Order run() {
    Order order;
    const std::vector<bool> placed = place_steps(order);
    find_cycles(placed, order);
    return order;
  }

 private:
  // Kahn's algorithm, always taking the ready step that stands first in the file.
  std::vector<bool> place_steps(Order& order) const {
    std::vector<std::size_t> waits_for(steps_.size());
    std::vector<std::vector<Index>> consumers(steps_.size());
    std::priority_queue<Index, std::vector<Index>, std::greater<>> ready;
    for (Index step = 0; step < steps_.size(); ++step) {
      waits_for[step] = producers_[step].size();
      for (const auto& [producer, edge] : producers_[step]) consumers[producer].push_back(step);
      if (waits_for[step] == 0) ready.push(step);
    }
    std::vector<bool> placed(steps_.size());
    while (!ready.empty()) {
      const Index step = ready.top();
      ready.pop();
      placed[step] = true;
      order.steps.push_back(steps_[step]);
      for (const Index consumer : consumers[step]) {
        if (--waits_for[consumer] == 0) ready.push(consumer);
      }
    }
    return placed;
  }

  // Every step that is not placed has a producer that is not placed; walking up from it ends in a
  // cycle.
  void find_cycles(const std::vector<bool>& placed, Order& order) const {
    std::set<Index> seen;
    for (Index start = 0; start < steps_.size(); ++start) {
      if (placed[start] || seen.contains(start)) continue;
      std::vector<Index> walk;
      std::vector<Edge> taken;
      Index step = start;
      while (!seen.contains(step)) {
        seen.insert(step);
        walk.push_back(step);
        const auto next =
            std::find_if(producers_[step].begin(), producers_[step].end(),
                         [&](const auto& producer) { return !placed[producer.first]; });
        taken.push_back(*next->second);
        step = next->first;
      }
      const auto begin = std::find(walk.begin(), walk.end(), step);
      if (begin == walk.end()) continue;  // ran into a cycle that is known
      order.cycles.push_back(rotated(walk, taken, begin - walk.begin()));
    }
  }

  // The cycle, begun at its step that stands first in the file.
  static std::vector<Edge> rotated(const std::vector<Index>& walk, const std::vector<Edge>& taken,
                                   std::ptrdiff_t begin) {
    std::vector<Edge> cycle(taken.begin() + begin, taken.end());
    const auto first = std::min_element(walk.begin() + begin, walk.end());
    std::rotate(cycle.begin(), cycle.begin() + (first - walk.begin() - begin), cycle.end());
    return cycle;
  }

  const std::vector<std::string>& steps_;
  std::vector<std::map<Index, const Edge*>> producers_;  // per step; the first edge to each
};

}  // namespace

Order order_steps(const std::vector<std::string>& steps, const std::vector<Edge>& edges) {
  return Graph(steps, edges).run();
}

}  // namespace batchmill::pipeline

#pragma once

#include <string>
#include <vector>

#include "base/source_place.h"

// The order of steps (pipeline-yaml.md 3.5). Pure.
namespace batchmill::pipeline {

// `consumer` reads an output of `producer`.
struct Edge {
  std::string producer;
  std::string consumer;
  SourcePlace place;  // of the binding
};

struct Order {
  std::vector<std::string> steps;  // producers first; otherwise in the order given
  // Steps that wait for each other, each cycle once as the edges that close it: the consumer of
  // each is the producer of the one before, so that "a waits for b waits for a".
  std::vector<std::vector<Edge>> cycles;
};

// Edges that name a step that is not in `steps` are left out.
Order order_steps(const std::vector<std::string>& steps, const std::vector<Edge>& edges);

}  // namespace batchmill::pipeline

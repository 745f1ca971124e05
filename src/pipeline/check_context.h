#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml/document.h"
#include "base/yaml/scalar.h"
#include "model/catalogue.h"
#include "model/plan.h"
#include "pipeline/check.h"
#include "pipeline/graph.h"

// What the checks of one pipeline file share: the file, what is declared in it, and the list of
// diagnostics. Something that is declared but broken has been reported already; whoever refers to
// it stays silent, so that no problem has a second message.
namespace batchmill::pipeline {

// An input under the top-level `inputs`.
struct PipelineInput {
  enum class Kind { kLiteral, kData, kMissing, kBroken };
  Kind kind = Kind::kBroken;
  yaml::Scalar literal;  // kLiteral
  StepInput data;        // kData: a PathInput
  SourcePlace place;     // of its key
  std::string path;      // YAML path
};

// An output under the top-level `outputs`.
struct PipelineOutput {
  StepOutput output;
  bool has_type = false;
  bool has_mode = false;
  bool broken = false;
  std::string writer;  // the step that is bound to it; "" while none is
  SourcePlace writer_place;
};

enum class StepKind { kCommand, kParallel };

// A step as it stands in the file, before it is looked into.
struct StepOutline {
  std::string name;
  yaml::Value key;
  yaml::Value mapping;
  std::string path;
  std::optional<StepKind> kind;     // absent: broken, and reported
  bool has_open_interface = false;  // its inputs and outputs stand elsewhere (a component)
};

struct CheckContext {
  const CheckRequest& request;
  const Files& files;
  const yaml::Document& document;
  std::string base_dir;    // absolute folder of the file
  bool has_parent = true;  // false for a top-level `type: command`

  std::map<std::string, PipelineInput> inputs;
  std::map<std::string, PipelineOutput> outputs;
  std::vector<StepOutline> steps;  // in the order of the file
  std::vector<Edge> edges;
  std::map<std::string, MltableFinding> tables;  // by absolute folder, each checked once
  std::vector<Diagnostic> diagnostics;

  void report(const DiagnosticBuilder& builder) { diagnostics.push_back(builder.build()); }
  const StepOutline* find_step(const std::string& name) const;
  std::vector<std::string> step_names() const;
};

// Names of a map in its order, for suggestions.
template <typename Map>
std::vector<std::string> names_of(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map) names.push_back(name);
  return names;
}
std::vector<std::string> key_texts(const yaml::Value& mapping);

}  // namespace batchmill::pipeline

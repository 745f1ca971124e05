#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/yaml/document.h"
#include "base/yaml/scalar.h"
#include "model/catalogue.h"
#include "model/plan.h"
#include "pipeline/check.h"
#include "pipeline/component.h"
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
  bool has_mode = false;
  SourcePlace place;  // of its key
  std::string path;   // YAML path
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

// A step as it stands in the file, before it is looked into.
struct StepOutline {
  std::string name;
  yaml::Value key;
  yaml::Value mapping;
  std::string path;
  std::optional<StepKind> kind;     // absent: broken, and reported
  bool has_open_interface = false;  // its inputs and outputs cannot be known: its component is
                                    // broken, and reported
  std::shared_ptr<const Component> component;
  std::set<std::string> unset_inputs;  // optional inputs of the component that have no value
};

// A file that takes part; its document is named as the user would type it.
struct SourceFile {
  yaml::Document document;
  std::string folder;  // absolute; what relative paths in the file start from
};

struct CheckContext {
  const CheckRequest& request;
  const Files& files;
  std::vector<SourceFile> sources;  // the pipeline's file, then those of components
  bool has_parent = true;           // false for a top-level `type: command`

  std::map<std::string, PipelineInput> inputs;
  std::map<std::string, PipelineOutput> outputs;
  std::vector<StepOutline> steps;  // in the order of the file
  std::vector<Edge> edges;
  std::map<std::string, MltableFinding> tables;  // by absolute folder, each checked once
  std::vector<Diagnostic> diagnostics;

  const yaml::Document& document() const { return sources.front().document; }
  // The file that a value stands in; the pipeline's for what `--set` brought.
  const SourceFile& source_of(const yaml::Value& value) const;
  const std::string& folder_of(const yaml::Value& value) const { return source_of(value).folder; }
  SourcePlace place_within(const yaml::Value& value, std::string_view needle,
                           std::size_t occurrence = 0) const {
    return source_of(value).document.place_within(value, needle, occurrence);
  }

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

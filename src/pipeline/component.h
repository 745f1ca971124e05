#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml/document.h"
#include "base/yaml/scalar.h"
#include "model/plan.h"

// Components: the part of a step that stands in a file of its own, or in a mapping below
// `component` (pipeline-yaml.md 1.3, 2.3, 2.4; parallel-job.md 1.3).
namespace batchmill::pipeline {

enum class StepKind { kCommand, kParallel };

enum class LiteralType { kText, kInteger, kNumber, kBoolean };

// An input as the component declares it. Without either type it takes anything.
struct DeclaredInput {
  std::string name;
  std::optional<LiteralType> literal;
  std::optional<DataType> data;
  std::optional<InputMode> mode;
  bool optional = false;
  std::optional<std::string> standard;  // its default, as the script gets it
  SourcePlace standard_place;
  std::optional<double> least;
  std::optional<double> most;
  std::vector<std::string> choices;
  bool broken = false;  // reported where it is declared; nothing more is said of it
};

struct DeclaredOutput {
  std::string name;
  DataType type = DataType::kUriFolder;
  std::optional<OutputMode> mode;
};

struct Component {
  std::string shown;  // "'./score.yml'" or "the component of step 'score'", for messages
  StepKind kind = StepKind::kCommand;
  yaml::Value mapping;  // its keys
  std::string path;     // YAML path of the mapping: "" in a file of its own
  SourcePlace place;
  std::vector<DeclaredInput> inputs;  // in the order of the file
  std::vector<DeclaredOutput> outputs;
};

const DeclaredInput* find_input(const Component& component, const std::string& name);
const DeclaredOutput* find_output(const Component& component, const std::string& name);

}  // namespace batchmill::pipeline

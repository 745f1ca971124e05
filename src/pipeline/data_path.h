#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pipeline/bound_scalar.h"
#include "pipeline/check_context.h"

// Paths of inputs and outputs as they may be written (pipeline-yaml.md 4.2).
namespace batchmill::pipeline {

enum class PathForm {
  kLocal,
  kDatastore,  // azureml://datastores/D/paths/P, short or long
  kAsset,      // azureml:name:version, azureml:name@label
  kJobOutput,  // azureml://jobs/...
  kRemote,     // https, wasbs, abfss, ...
  kUnknown,
};

struct DataPath {
  PathForm form = PathForm::kUnknown;
  std::string text;       // kLocal: without "file:"; else without a doubled "azureml:"
  std::string datastore;  // kDatastore
  std::string below;      // kDatastore: the part after "paths/"
};

DataPath parse_data_path(std::string_view text);

// Absolute and without "." and ".."; links are not looked at.
std::string absolute_path(const std::string& base_dir, const std::string& path);
std::string parent_folder(const std::string& path);
std::string last_name(const std::string& path);

// The names in a folder that are nearest to `name`, else its first ones; for "it holds: ...".
std::string near_names(const Files& files, const std::string& folder, const std::string& name);

// What a path that something is read from leads to: an absolute path that exists. Reports 112,
// 402, 405, 410 and 411 and gives nothing then.
std::optional<std::string> find_data(CheckContext& context, const NamedScalar& at, DataType type);

// Whether what lies at `path` is what the type takes; reports 403, 601 and what the reader of
// tables finds.
bool check_data_kind(CheckContext& context, const NamedScalar& at, const std::string& input,
                     DataType type, const std::string& path);

// Reports 410, 411 or 112 for a path that is not local; true for a datastore that exists.
bool check_remote_path(CheckContext& context, const NamedScalar& at, const DataPath& path);

}  // namespace batchmill::pipeline

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/bulk_files.h"

// Where the files of an input come from: the one form of a uri_file, a uri_folder and the paths of
// an MLTable (mltable-and-data.md 2.2).
namespace batchmill::data {

enum class SourceKind { kFile, kFolder, kPattern };

struct Source {
  SourceKind kind = SourceKind::kFolder;
  std::string folder;  // absolute, without a slash at the end; of a file: the folder that holds it
  std::string rest;    // kFile: the file's name; kPattern: the glob below `folder` (glob.h)
  bool skip_hidden = false;  // kFolder: leaves out names that begin with '_' or '.'
  std::string left_out;      // relative path below `folder` of a file that is no data, or empty
};

Source file_source(const std::string& absolute_path);
Source folder_source(const std::string& absolute_path);

// The deepest folder that holds all sources.
std::string common_folder(const std::vector<Source>& sources);

// Gets a file's path relative to common_folder(), and the index of its source.
using SourceVisitor = std::function<Result<void>(std::string_view path, std::size_t source)>;

// Visits the files of all sources: in the order of the list, within one by byte order of the
// relative path (file_walk.h). A file that several sources name is visited several times. A failure
// of the visitor ends the walk and becomes its result. kNotFound names a file or folder that does
// not exist.
Result<void> visit_sources(const BulkFiles& bulk, const std::vector<Source>& sources,
                           const SourceVisitor& visit);

}  // namespace batchmill::data

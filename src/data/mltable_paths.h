#pragma once

#include <string>
#include <vector>

#include "base/yaml/document.h"
#include "data/mltable_problems.h"
#include "data/sources.h"
#include "ports/bulk_files.h"
#include "ports/files.h"

namespace batchmill::data {

// The entries under `paths` (mltable-and-data.md 2.2), relative to the MLTable file's folder.
class MltablePaths {
 public:
  MltablePaths(const Files& files, const BulkFiles& bulk, const std::string& folder,
               bool has_read_step, MltableProblems& problems)
      : files_(files),
        bulk_(bulk),
        folder_(folder),
        has_read_step_(has_read_step),
        problems_(problems) {}

  // Reports what is wrong; the result is complete only if nothing was.
  std::vector<Source> read(const yaml::Value& paths);

 private:
  void read_entry(const yaml::Value& entry, const std::string& path);
  void read_location(const std::string& kind, const yaml::Value& value, const std::string& path);
  void read_pattern(const std::string& pattern, const yaml::Value& value, const std::string& path);
  void take_folder(const std::string& folder, const yaml::Value& value, const std::string& path);
  void take(Source source, const yaml::Value& value, const std::string& path);
  void report_missing(const char* kind, const std::string& missing, const yaml::Value& value,
                      const std::string& path);
  void report_no_match(const Source& source, const yaml::Value& value, const std::string& path);
  std::string own_name_below(const std::string& folder) const;

  const Files& files_;
  const BulkFiles& bulk_;
  std::string folder_;
  bool has_read_step_;
  MltableProblems& problems_;
  std::vector<Source> sources_;
};

}  // namespace batchmill::data

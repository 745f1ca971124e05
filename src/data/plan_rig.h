#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/manifest_reader.h"
#include "data/planner.h"
#include "fakes/memory_files.h"
#include "fakes/ticking_clock.h"

namespace batchmill::data {

// For tests: plans the folder /in of a file system in memory into the manifest folder /m.
class PlanRig : public ::testing::Test {
 protected:
  PlanRig() { files_.put_folder("/in"); }
  static PlanRequest of_input() {
    PlanRequest request;
    request.input_name = "data";
    request.sources = {folder_source("/in")};
    request.manifest_folder = "/m";
    return request;
  }
  Result<PlanResult> run(const PlanRequest& request) {
    return Planner(files_, files_, clock_).run(request, [&](const PlanProgress& progress) {
      reports_.push_back(progress);
      EXPECT_TRUE(files_.is_synced("/m/manifest.dat"));
      return !cancel_;
    });
  }
  ManifestReader planned() const { return *ManifestReader::open(files_, files_, "/m"); }
  std::string text(std::string_view path, std::uint64_t begin, std::uint64_t end) const {
    return files_.content("/in/" + std::string(path))->substr(begin, end - begin);
  }

  // A file that is cut oddly, and what follows it is cut as ever.
  struct OddFile {
    const char* what;
    std::string text;
    std::vector<std::string> pieces;
  };
  void expect_pieces(const std::vector<OddFile>& cases, const std::string& head_of_next,
                     const std::function<std::vector<std::string>()>& cut) {
    for (const OddFile& odd : cases) {
      SCOPED_TRACE(odd.what);
      files_ = fakes::MemoryFiles();
      files_.put("/in/a", odd.text);
      files_.put("/in/b", head_of_next + "last\n");
      auto expected = odd.pieces;
      expected.emplace_back("last\n");
      EXPECT_THAT(cut(), ::testing::ElementsAreArray(expected));
    }
  }

  fakes::MemoryFiles files_;
  fakes::TickingClock clock_;
  std::vector<PlanProgress> reports_;
  bool cancel_ = false;  // at the next report
};

}  // namespace batchmill::data

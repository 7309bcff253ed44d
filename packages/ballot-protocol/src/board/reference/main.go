// Writes what independent implementations (golang.org/x/mod/sumdb and github.com/transparency-dev) say about trees
// and notes. In this folder: go run . > ../reference.fixture.json, then npm run format at the root
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"math/rand"
	"os"
	"strings"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type pair struct {
	First  int64  `json:"first"`
	Second int64  `json:"second"`
	Root   string `json:"root"`
	Digest string `json:"digest"`
}

func main() {
	out := map[string]any{}
	small := newStored(5000)
	random := rand.New(rand.NewSource(6962))

	var roots, inclusions, consistencies []string
	for size := int64(0); size <= 130; size++ {
		roots = append(roots, root(size, small))
		in, con := sha256.New(), sha256.New()
		for index := int64(0); index < size; index++ {
			in.Write(inclusion(index, size, small, small.leaf(index)))
			con.Write(consistency(index+1, size, small))
		}
		inclusions = append(inclusions, hex.EncodeToString(in.Sum(nil)))
		consistencies = append(consistencies, hex.EncodeToString(con.Sum(nil)))
	}
	out["roots"], out["inclusions"], out["consistencies"] = roots, inclusions, consistencies

	larger := map[string][]pair{"inclusions": {}, "consistencies": {}}
	uniform := map[string][]pair{"inclusions": {}, "consistencies": {}}
	for i := 0; i < 60; i++ {
		add(larger, small, 131+random.Int63n(4870), random, small.leaf)
		add(uniform, uniformTree(), 1<<31+random.Int63n(1<<(32+i%14)), random, func(int64) tlog.Hash { return uniformHash(0) })
	}
	out["larger"], out["uniform"] = larger, uniform

	tiles := map[string]string{}
	for _, tile := range tlog.NewTiles(8, 0, 700) {
		data, err := tlog.ReadTileData(tile, small)
		must(err)
		tiles[fmt.Sprintf("%d %d %d", tile.L, tile.N, tile.W)] = digest(data)
	}
	out["tiles"] = tiles
	out["notes"] = notes(small)

	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	must(encoder.Encode(out))
}

func add(to map[string][]pair, tree tlog.HashReader, size int64, random *rand.Rand, leaf func(int64) tlog.Hash) {
	index, first := random.Int63n(size), 1+random.Int63n(size)
	to["inclusions"] = append(to["inclusions"], pair{index, size, root(size, tree), digest(inclusion(index, size, tree, leaf(index)))})
	to["consistencies"] = append(to["consistencies"], pair{first, size, root(size, tree), digest(consistency(first, size, tree))})
}

// A proof as bytes: how many hashes, then the hashes.
func inclusion(index, size int64, tree tlog.HashReader, leaf tlog.Hash) []byte {
	hashes, err := tlog.ProveRecord(size, index, tree)
	must(err)
	whole, err := tlog.TreeHash(size, tree)
	must(err)
	must(tlog.CheckRecord(hashes, size, whole, index, leaf))
	must(proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(size), leaf[:], slices(hashes), whole[:]))
	return flat(hashes)
}

func consistency(first, second int64, tree tlog.HashReader) []byte {
	hashes, err := tlog.ProveTree(second, first, tree)
	must(err)
	before, err := tlog.TreeHash(first, tree)
	must(err)
	after, err := tlog.TreeHash(second, tree)
	must(err)
	must(proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(first), uint64(second), slices(hashes), before[:], after[:]))
	return flat(hashes)
}

// A tree whose n-th leaf is n in four bytes, big-endian.
type stored struct{ hashes []tlog.Hash }

func newStored(size int64) *stored {
	tree := &stored{}
	for n := int64(0); n < size; n++ {
		added, err := tlog.StoredHashes(n, binary.BigEndian.AppendUint32(nil, uint32(n)), tree)
		must(err)
		tree.hashes = append(tree.hashes, added...)
	}
	return tree
}

func (s *stored) leaf(n int64) tlog.Hash { return s.hashes[tlog.StoredHashIndex(0, n)] }

func (s *stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, index := range indexes {
		hashes = append(hashes, s.hashes[index])
	}
	return hashes, nil
}

// A tree of any size whose leaves are all empty.
func uniformTree() tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, index := range indexes {
			level, _ := tlog.SplitStoredHashIndex(index)
			hashes = append(hashes, uniformHash(level))
		}
		return hashes, nil
	})
}

func uniformHash(level int) tlog.Hash {
	hash := tlog.RecordHash(nil)
	for ; level > 0; level-- {
		hash = tlog.NodeHash(hash, hash)
	}
	return hash
}

func notes(tree *stored) map[string]any {
	origin, witness := "ballots.example/2026/parks", "auditor.example/witness"
	logKey := ed25519.NewKeyFromSeed(seed("log"))
	witnessKey := ed25519.NewKeyFromSeed(seed("witness"))
	whole, err := tlog.TreeHash(700, tree)
	must(err)
	text := fmt.Sprintf("%s\n700\n%s\n", origin, base64.StdEncoding.EncodeToString(whole[:]))

	vkey, err := note.NewEd25519VerifierKey(origin, logKey.Public().(ed25519.PublicKey))
	must(err)
	skey := "PRIVATE+KEY+" + origin + "+" + strings.Split(vkey, "+")[1] + "+" + base64.StdEncoding.EncodeToString(append([]byte{1}, seed("log")...))
	signer, err := note.NewSigner(skey)
	must(err)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	must(err)

	// The library's signer takes the time from the clock: sign by hand, and let its verifier agree.
	const time = 1780000000
	plain, err := note.NewEd25519VerifierKey(witness, witnessKey.Public().(ed25519.PublicKey))
	must(err)
	cosigKey, err := fnote.VKeyToCosignatureV1(plain)
	must(err)
	verifier, err := fnote.NewVerifierForCosignatureV1(cosigKey)
	must(err)
	signature := binary.BigEndian.AppendUint64(nil, time)
	signature = append(signature, ed25519.Sign(witnessKey, []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)))...)
	line := append(binary.BigEndian.AppendUint32(nil, verifier.KeyHash()), signature...)
	cosigned := string(signed) + "— " + witness + " " + base64.StdEncoding.EncodeToString(line) + "\n"
	logVerifier, err := note.NewVerifier(vkey)
	must(err)
	opened, err := note.Open([]byte(cosigned), note.VerifierList(logVerifier, verifier))
	must(err)
	if len(opened.Sigs) != 2 {
		log.Fatal("the libraries do not know both signatures")
	}
	return map[string]any{
		"cosigned": cosigned, "time": time, "origin": origin, "witness": witness,
		"logSeed": hex.EncodeToString(seed("log")), "logKey": hex.EncodeToString(logKey.Public().(ed25519.PublicKey)),
		"logKeyId":    signer.KeyHash(),
		"witnessSeed": hex.EncodeToString(seed("witness")), "witnessKey": hex.EncodeToString(witnessKey.Public().(ed25519.PublicKey)),
		"witnessKeyId": verifier.KeyHash(),
	}
}

func seed(name string) []byte {
	sum := sha256.Sum256([]byte(name))
	return sum[:]
}

func root(size int64, tree tlog.HashReader) string {
	hash, err := tlog.TreeHash(size, tree)
	must(err)
	return hex.EncodeToString(hash[:])
}

func slices(hashes []tlog.Hash) [][]byte {
	var list [][]byte
	for _, hash := range hashes {
		list = append(list, append([]byte{}, hash[:]...))
	}
	return list
}

func flat(hashes []tlog.Hash) []byte {
	bytes := []byte{byte(len(hashes))}
	for _, hash := range hashes {
		bytes = append(bytes, hash[:]...)
	}
	return bytes
}

func digest(bytes []byte) string {
	sum := sha256.Sum256(bytes)
	return hex.EncodeToString(sum[:])
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Signs a batch with npm's mailauth: FOLDER holds rsa.pem and ed25519.pem; see sign_python.py for the lines.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const [, , folder, modules] = process.argv;
const { dkimSign } = createRequire(modules + '/')('mailauth/lib/dkim/sign');
const keys = {
    'rsa-sha256': readFileSync(folder + '/rsa.pem', 'ascii'),
    'ed25519-sha256': readFileSync(folder + '/ed25519.pem', 'ascii')
};
for await (const line of createInterface({ input: process.stdin })) {
    const [number, head, body, algorithm, domain, selector, text] = line.split('\t');
    const message = Buffer.from(text, 'base64');
    const signed = await dkimSign(message, {
        canonicalization: head + '/' + body, algorithm, signTime: new Date(),
        signatureData: [{ signingDomain: domain, selector, privateKey: keys[algorithm], algorithm, canonicalization: head + '/' + body }]
    });
    if (signed.errors && signed.errors.length) throw new Error(JSON.stringify(signed.errors));
    process.stdout.write(number + '\t' + Buffer.concat([Buffer.from(signed.signatures), message]).toString('base64') + '\n');
}
